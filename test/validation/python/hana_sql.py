"""The suites' SQL in HANA's dialect.

The suites write keywords in capitals and names in small letters without quotes. HANA folds such names to
capitals, so they are quoted here; literals, and what is quoted already, stay as they are.
"""

import re

import adbc_driver_manager

TOKEN = re.compile(
    r"""
    (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<comment>--[^\n]*)
    | (?P<hex>from_hex\(\s*(?P<digits>'[0-9a-f]*')\s*\))
    | (?P<timestamp>TIMESTAMP(?:\((?P<digit>\d)\))?(?:[ ]WITH[ ]TIME[ ]ZONE)?)
    | (?P<time>TIME\(\d\))
    | (?P<number>\d[\d.]*(?:e[-+]?\d+)?)
    | (?P<word>[a-z_][a-z0-9_]*\b(?!\())
    | (?P<type>\b(?:NUMERIC|DOUBLE[ ]PRECISION|VARCHAR)\b)
    """,
    re.VERBOSE,
)
# HANA has no type of the name, or one that means something else: its VARCHAR is for ASCII, and without a
# length it holds one character.
TYPES = {"NUMERIC": "DECIMAL", "DOUBLE PRECISION": "DOUBLE", "VARCHAR": "NVARCHAR"}
WORDS = {"as"}
OFFSET = re.compile(r"\+00'$")
# TIME keeps whole seconds, TIMESTAMP seven decimals.
FRACTION_OF_TIME = re.compile(r"^('\d\d:\d\d:\d\d)\.\d+'$")
DECIMALS = re.compile(r"^('\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{7})\d+'$")


def to_hana(sql: str) -> str:
    translated = TOKEN.sub(translate, sql).strip().removesuffix(";")
    if translated.upper().startswith("SELECT") and not re.search(r"\bFROM\b", translated):
        return f"{translated} FROM DUMMY"
    return translated


def translate(match: re.Match[str]) -> str:
    token = match[0]
    match match.lastgroup:
        case "text":
            without_offset = OFFSET.sub("'", token) if token[1:5].isdigit() else token
            whole = FRACTION_OF_TIME.sub(r"\1'", without_offset)
            return DECIMALS.sub(r"\1'", whole)
        case "comment":
            return ""
        case "hex":
            return f"X{match['digits']}"
        case "time":
            return "TIME"
        case "timestamp":
            return "SECONDDATE" if match["digit"] == "0" else "TIMESTAMP"
        case "type":
            return TYPES[token]
        case "word" if token not in WORDS:
            return f'"{token}"'
        case _:
            return token


def split(script: str) -> list[str]:
    """The statements of a script; a semicolon inside a literal ends none."""
    pieces = re.split(r"('(?:[^']|'')*')|(--[^\n]*)|;", script)
    statements = [""]
    # Two groups: text between, a literal or None, a comment or None, text, …; both None is a semicolon.
    for text, literal, comment in zip(pieces[0::3], [*pieces[1::3], ""], [*pieces[2::3], ""], strict=True):
        statements[-1] += text + (literal or "")
        if literal is None and comment is None:
            statements.append("")
    return [statement.strip() for statement in statements if statement.strip()]


class HanaStatement(adbc_driver_manager.AdbcStatement):
    """A statement whose text is translated on its way to the driver.

    It is prepared before it is bound, because the driver takes what is bound to any other for an ingest.
    """

    _text: str | None = None
    _prepared = False

    def set_sql_query(self, query: str) -> None:
        self._text, self._prepared = to_hana(query), False
        super().set_sql_query(self._text)

    def set_options(self, **options: object) -> None:
        if adbc_driver_manager.StatementOptions.INGEST_TARGET_TABLE.value in options:
            self._text = None
        super().set_options(**options)

    def prepare(self) -> None:
        if not self._prepared:
            super().prepare()
        self._prepared = True

    def bind(self, *arguments: object) -> None:
        if self._text is not None:
            self.prepare()
        super().bind(*arguments)

    def bind_stream(self, *arguments: object) -> None:
        if self._text is not None:
            self.prepare()
        super().bind_stream(*arguments)


def translate_statements() -> None:
    """From now on every statement of this process is a HanaStatement."""
    adbc_driver_manager.AdbcStatement = HanaStatement
    adbc_driver_manager._lib.AdbcStatement = HanaStatement
