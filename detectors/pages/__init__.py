"""Detectors of this room; pure. See `detectors`."""
