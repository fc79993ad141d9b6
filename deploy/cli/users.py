"""`jianwei users`: accounts of the review desk. Passwords are asked for or read from stdin, never taken from the command line."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

import typer

from deploy.cli.output import is_for_people, note, write_record
from deploy.cli.session import current
from pipelines.bootstrap import Case, open_case
from pipelines.errors import UsageError
from pipelines.model import Account, Role

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="账号：add | list | role | password | disable。 Accounts of the review desk."
)
_BY = "jianwei users"
_MAX_NAME = 40


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="用户名。 Account name.")],
    role: Annotated[Role, typer.Option(help="角色。 Role.")],
    display_name: Annotated[str, typer.Option(help="页面上显示的姓名；默认同用户名。 Name shown on pages.")] = "",
) -> None:
    """新建账号，密码从终端输入或从标准输入读一行。 Make an account; the password is asked for, or one line of stdin."""
    from review_ui.accounts import hash_password

    with _opened() as case:
        _check_name(name)
        if case.accounts.get(name):
            raise UsageError(
                f"账号 {name} 已存在。换密码请用 jianwei users password，换角色请用 jianwei users role。",
                f"Account {name} exists. Use jianwei users password or jianwei users role to change it.",
            )
        account = Account(
            name=name, display_name=display_name or name, role=role, password_hash=hash_password(_password())
        )
        case.accounts.put(account)
        _audit(case, "account.add", account, role.value)
        _show(account)


@app.command("list")
def list_accounts() -> None:
    """列出账号。 List the accounts."""
    with _opened() as case:
        for account in case.accounts.all():
            _show(account)


@app.command("role")
def change_role(
    name: Annotated[str, typer.Argument(help="用户名。 Account name.")],
    role: Annotated[Role, typer.Argument(help="新角色。 New role.")],
) -> None:
    """更换角色；该账号须重新登录。 Change the role; the account has to sign in again."""
    with _opened() as case:
        account = replace(_known(case, name), role=role)
        case.accounts.put(account)
        _audit(case, "account.role", account, role.value)
        _show(account)


@app.command("password")
def change_password(name: Annotated[str, typer.Argument(help="用户名。 Account name.")]) -> None:
    """更换密码；该账号须重新登录。 Change the password; the account has to sign in again."""
    from review_ui.accounts import hash_password

    with _opened() as case:
        account = replace(_known(case, name), password_hash=hash_password(_password()))
        case.accounts.put(account)
        _audit(case, "account.password", account)
        _show(account)


@app.command("disable")
def disable(
    name: Annotated[str, typer.Argument(help="用户名。 Account name.")],
    undo: Annotated[bool, typer.Option("--undo", help="重新启用。 Enable it again.")] = False,
) -> None:
    """停用账号，已登录的立即退出。 Disable an account; it is signed out at once."""
    with _opened() as case:
        account = replace(_known(case, name), is_disabled=not undo)
        case.accounts.put(account)
        _audit(case, "account.enable" if undo else "account.disable", account)
        _show(account)


@contextmanager
def _opened() -> Iterator[Case]:
    with open_case(current.settings()) as case:
        yield case


def _known(case: Case, name: str) -> Account:
    account = case.accounts.get(name)
    if account is None:
        raise UsageError(
            f"没有账号 {name}，可用 jianwei users list 查看。", f"There is no account {name}; see jianwei users list."
        )
    return account


def _check_name(name: str) -> None:
    """Keep names that read the same everywhere, and free of those the program itself uses."""
    from review_ui.accounts import is_practice

    plain = name.replace("-", "").replace("_", "").replace(".", "")
    if not plain.isalnum() or len(name) > _MAX_NAME or is_practice(name) or name == "system":
        raise UsageError(
            f"用户名 {name!r} 不能用：只用字母、数字、汉字和 . _ -，不超过 {_MAX_NAME} 个字符，system 和 practice- 开头的保留。",
            f"The name {name!r} cannot be used: letters, digits and . _ - only, at most {_MAX_NAME}; system and practice-… are reserved.",
        )


def _password() -> str:
    """Return the password: typed twice at a terminal, else the first line of stdin. Raises `UsageError`."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(current.say("密码（不显示）：", "Password (not shown): "))
    if first != getpass.getpass(current.say("再输一次：", "Once more: ")):
        raise UsageError("两次输入的密码不同，没有保存。", "The two passwords differ; nothing was saved.")
    return first


def _audit(case: Case, act: str, account: Account, detail: str = "") -> None:
    case.audit.append(case.clock.now(), _BY, act, account.name, detail)


def _show(account: Account) -> None:
    if is_for_people(as_json=False):
        state = current.say("已停用", "disabled") if account.is_disabled else current.say("可用", "enabled")
        note(f"{account.name}\t{account.display_name}\t{account.role.value}\t{state}")
        return
    write_record(
        {
            "name": account.name,
            "display_name": account.display_name,
            "role": account.role.value,
            "is_disabled": account.is_disabled,
            "has_password": bool(account.password_hash),
        }
    )
