"""What a client's files hold as a spreadsheet, and back: every sheet, column and drop-down is read off the models.

`layout` says which sheets there are, `rows` takes data apart into rows and puts them together again, `cells` writes one
value in a cell and reads it, `styles`, `help` and `writing` make the file, `opening` and `reading` take it in, and
`intake` exports and imports a client.
"""
