// Tries a HANA server with SAP's go-hdb driver.
package main

import (
	"database/sql"

	"github.com/SAP/go-hdb/driver"

	"hana-flight/test/clients/go/report"
)

func open(at report.Target) *sql.DB {
	return sql.OpenDB(driver.NewBasicAuthConnector(at.Address, at.User, at.Password))
}

func main() {
	report.Main(cases)
}
