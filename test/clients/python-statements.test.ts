import { describeForeign } from './foreign-suite.ts';
import { pythonSuite } from './python-programs.ts';

/** Few to load; three tables of them joined are more pairs than any machine counts within a minute. */
const ROWS = 5_000;

await describeForeign(
  pythonSuite(
    { program: 'adbc_catalog.py', rows: ROWS },
    {
      title: 'the catalog through the ADBC driver',
      cases: [
        'adbc_get_info tells every code that the driver knows',
        'adbc_get_objects of catalogs: HANA has none, and schemas belong to the one without a name',
        'adbc_get_objects of schemas follows its filter',
        'adbc_get_objects of tables follows its filters',
        'adbc_get_objects of columns: in order, with the types of HANA, by filters',
        'adbc_get_objects of everything covers names of any legal spelling',
        "adbc_get_table_schema equals the schema of the table's rows",
        'adbc_get_table_schema of what is not there is NOT_FOUND',
        'adbc_get_table_types names what the catalog has',
      ],
    },
  ),
);

await describeForeign(
  pythonSuite(
    { program: 'adbc_writing.py', rows: ROWS },
    {
      title: 'parameters, updates and transactions through the ADBC driver',
      cases: [
        'parameters of every Python type and None go in by execute',
        'executemany inserts every row, None among the values',
        'executemany updates and deletes once a row',
        'a query with parameters answers for each row of them',
        'parameters in every Arrow layout of text are accepted',
        'parameters that do not fit are INVALID_ARGUMENT and say which',
        'executemany keeps all rows or none, and names the bad one',
        'commit keeps, rollback and close discard',
        'autocommit can be switched off and on again',
        'an error inside a transaction leaves it open and whole',
        'a connection that was only opened holds nothing in HANA',
        'adbc_current_db_schema is read and set, and unqualified names follow it',
        'a schema that does not exist is NOT_FOUND, and the present one stays',
        'the catalog is the one without a name',
        'the schema of a session holds inside its transaction',
        'doubles that are not numbers are refused',
      ],
    },
  ),
);

await describeForeign(
  pythonSuite(
    { program: 'adbc_ingest.py', rows: ROWS },
    {
      title: 'bulk ingest through the ADBC driver',
      cases: [
        'create makes the table, and a second create is ALREADY_EXISTS',
        'append adds, and without a table is NOT_FOUND',
        'append finds its columns by name',
        'replace makes the table anew, whatever it was',
        'create_append makes the table once and then adds; other columns are ALREADY_EXISTS',
        'a schema can be named, one that does not exist is NOT_FOUND, one that is not ours is refused',
        'without a schema the table goes into the current one of the session',
        'a temporary table is seen by its own connection only',
        'inside a transaction the rows are part of it: rolled back and committed with it',
        'outside a transaction a bad row keeps all rows out and is named',
        'a create or replace that fails leaves what was before',
        'every Arrow type that HANA can keep comes back equal',
        'a time zone is taken away: the moment is kept as UTC',
        'types that HANA has no place for are refused before anything is made',
        'no rows make an empty table, many batches and columns arrive whole',
        'texts longer than those of the first batch find room',
        'names of tables and columns of any spelling are kept as they are',
        'what the server cannot know how to do is refused',
      ],
    },
  ),
);

await describeForeign(
  pythonSuite(
    { program: 'adbc_cancel.py', rows: ROWS },
    {
      title: 'giving up statements through the ADBC driver',
      cases: [
        'adbc_cancel of a cursor that waits for its first row',
        'Ctrl-C while a cursor waits for its first row',
        'adbc_cancel of an INSERT that HANA is busy with',
        'adbc_cancel of a query with bound parameters',
        'adbc_cancel inside a transaction rolls it back, and the next one works',
        'a deadline of the client',
        'closing the reader of a result before its end',
        'killing the process of the client',
        'giving up an ingest keeps none of its rows',
      ],
    },
  ),
);

await describeForeign(
  pythonSuite(
    { program: 'flight_sql_metadata.py', rows: ROWS },
    {
      title: 'metadata commands, hand-packed',
      cases: [
        'every metadata command has its reference schema in GetFlightInfo, GetSchema and the stream',
        'the ticket of a metadata command is the command itself',
        'filters are patterns: % and _ and their escape; quotes are only characters',
        "GetTables with schemas tells what a query of the table will have, and HANA's facts beside it",
        'keys: primary, exported, imported and the reference between two tables',
        'lists come in the order that the specification demands, each row once',
        'GetXdbcTypeInfo can be asked for one type',
        'what a user may not see is not listed',
        'Substrait is UNIMPLEMENTED, and GetSqlInfo says so',
      ],
    },
  ),
);

await describeForeign(
  pythonSuite(
    { program: 'flight_sql_actions.py', rows: ROWS },
    {
      title: 'actions and bound statements, hand-packed',
      cases: [
        'ListActions names the actions of Flight SQL and of Flight',
        'ListFlights is empty',
        'the older way to log on, by the payload of the handshake',
        'a prepared statement tells its parameters: typed, nullable, one for each marker',
        'a prepared update runs in one phase and in two, with a handle that never changes',
        'a prepared query answers for each row that was bound, and again for other rows',
        'statements of a transaction see their own changes; commit keeps them, rollback does not',
        'savepoints: rolled back to and released',
        'session options: set, told, taken back, and refused one by one',
        'CloseSession rolls back what is open',
        'CancelFlightInfo ends a running query inside HANA',
        'CancelQuery, which came before it, does as well',
        'a deadline that passes before the first row ends the query inside HANA',
        'SetSessionOptions takes every kind of value and refuses the wrong ones as such',
      ],
    },
  ),
);
