"""OpenDocument (ISO/IEC 26300, ODF 1.3) and its forerunner OpenOffice.org 1: text, sheets, slides; packed and flat."""
