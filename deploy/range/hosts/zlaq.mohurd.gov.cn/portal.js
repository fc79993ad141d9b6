document.addEventListener("submit", function (event) {
  var empty = Array.prototype.filter.call(event.target.querySelectorAll("input"), function (box) { return !box.value; });
  if (event.target.className === "query" && empty.length > 1) { event.preventDefault(); window.console.log("请输入查询条件"); }
});
