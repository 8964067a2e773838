// Tries a HANA server with SAP's go-hdb driver. Each case ends as one line of JSON on standard output.
//
// Arguments: host:port user password
package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/SAP/go-hdb/driver"
)

// target is where, and as whom, the cases log on.
type target struct {
	address  string
	user     string
	password string
}

func (t target) open() *sql.DB {
	return sql.OpenDB(driver.NewBasicAuthConnector(t.address, t.user, t.password))
}

// column is one column of a table as the driver decoded it, each value in its canonical text.
type column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
	Values   []any  `json:"values"`
}

type report struct {
	Case    string   `json:"case"`
	Passed  bool     `json:"passed"`
	Detail  string   `json:"detail,omitempty"`
	Columns []column `json:"columns,omitempty"`
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "expected arguments: host:port user password")
		os.Exit(2)
	}
	at := target{address: os.Args[1], user: os.Args[2], password: os.Args[3]}
	out := json.NewEncoder(os.Stdout)
	for _, c := range cases {
		if err := out.Encode(try(c.name, c.run, at)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// try turns an error or a panic of the driver into a failed case, so that the others still run.
func try(name string, run func(target) ([]column, error), at target) (r report) {
	r = report{Case: name}
	defer func() {
		if thrown := recover(); thrown != nil {
			r.Passed, r.Detail = false, fmt.Sprintf("panic: %v\n%s", thrown, debug.Stack())
		}
	}()
	columns, err := run(at)
	if err != nil {
		r.Detail = err.Error()
		return r
	}
	r.Passed, r.Columns = true, columns
	return r
}
