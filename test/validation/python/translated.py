"""A pytest plugin for suites that know nothing of HANA: their statements are translated on the way."""

from hana_sql import translate_statements

translate_statements()
