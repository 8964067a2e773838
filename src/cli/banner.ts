/** What a person needs to connect. */
export interface ServeBanner {
  readonly version: string;
  /** `grpc://host:port`, or `grpc+tls://` */
  readonly flightUrl: string;
  /** `hdbsql://host:port`, without credentials. */
  readonly hanaUrl: string;
  /** Set when the HANA is the sandbox inside. */
  readonly demo?: DemoLogon | undefined;
}

export interface DemoLogon {
  readonly user: string;
  readonly password: string;
}

const DEMO_SQL =
  'SELECT SALES_REGION, SUM(NET_AMOUNT) AS TOTAL, COUNT(*) AS N FROM SALES.TRANSACTIONS GROUP BY SALES_REGION ORDER BY 1';
const HANA_SQL = 'SELECT * FROM SYS.M_DATABASE';

/** The text that `hana-flight serve` greets with: how to connect, with queries to copy. */
export function serveBanner({ version, flightUrl, hanaUrl, demo }: ServeBanner): string {
  const { user, password } = demo ?? { user: 'USER', password: 'PASSWORD' };
  const sql = demo === undefined ? HANA_SQL : DEMO_SQL;
  const backend = demo === undefined ? hanaUrl : `${hanaUrl} (sandbox with demo data)`;
  return `
hana-flight ${version}: Arrow Flight SQL for SAP HANA

  Flight SQL  ${flightUrl}
  HANA        ${backend}
  user        ${demo === undefined ? 'your HANA user and password' : user}
${demo === undefined ? '' : `  password    ${password}\n`}
Shell:
  npx hana-flight query --server ${flightUrl} --user ${user} --password ${password} \\
    "${sql}"

Python (pip install adbc-driver-flightsql pyarrow):
  import adbc_driver_flightsql.dbapi as flight
  with flight.connect("${flightUrl}", db_kwargs={"username": "${user}", "password": "${password}"}) as db:
      cursor = db.cursor()
      cursor.execute("${sql}")
      print(cursor.fetch_arrow_table())

JDBC (org.apache.arrow:flight-sql-jdbc-driver):
  ${jdbcUrl(flightUrl)}&user=${user}&password=${password}

Ctrl-C stops the server.
`;
}

/** The text that `hana-flight sandbox` greets with. */
export function sandboxBanner(url: string, { user, password }: DemoLogon): string {
  const { hostname, port } = new URL(url);
  return `
hana-flight sandbox: demo data behind HANA's wire protocol

  address   ${url}
  user      ${user}
  password  ${password}

Node.js (npm install hdb):
  const hdb = require('hdb');
  const client = hdb.createClient({ host: '${hostname}', port: ${port}, user: '${user}', password: '${password}' });
  client.connect((error) => error ? console.error(error.message)
    : client.exec('SELECT TOP 5 * FROM SALES.TRANSACTIONS', (failed, rows) => { console.log(failed ?? rows); client.end(); }));

Node.js (npm install @sap/hana-client):
  const connection = require('@sap/hana-client').createConnection();
  connection.connect({ serverNode: '${hostname}:${port}', uid: '${user}', pwd: '${password}' });
  console.log(connection.exec('SELECT TOP 5 * FROM SALES.TRANSACTIONS'));

Python (pip install hdbcli):
  from hdbcli import dbapi
  cursor = dbapi.connect(address='${hostname}', port=${port}, user='${user}', password='${password}').cursor()
  cursor.execute('SELECT TOP 5 * FROM SALES.TRANSACTIONS')
  print(cursor.fetchall())

Ctrl-C stops the sandbox.
`;
}

/** The JDBC driver speaks TLS unless told otherwise. */
function jdbcUrl(flightUrl: string): string {
  const { host } = new URL(flightUrl);
  return `jdbc:arrow-flight-sql://${host}/?useEncryption=${flightUrl.startsWith('grpc+tls:')}`;
}
