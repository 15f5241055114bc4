"""A Word document written anew with its text in Unicode: the same document, but for its letters and legacy fonts.

`docx.rewrite` does it, `ask.rewritten` has it done in a confined process: what is rewritten is a stranger's. Nobody
here knows mail, pages or settings.
"""
