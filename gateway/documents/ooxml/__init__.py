"""Office Open XML (ISO/IEC 29500): Word's, Excel's and PowerPoint's packages, transitional and strict.

A part is what its root element says, wherever it lies: names and relationships only tell how parts belong together.
"""
