// Package report runs cases; each ends as one line of JSON on standard output.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
)

// Column is one column of a table as a driver decoded it, each value in its canonical text.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
	Values   []any  `json:"values"`
}

// Target is where, and as whom, the cases log on.
type Target struct {
	Address  string
	User     string
	Password string
}

// Case is tried once; a table that it returns is reported.
type Case struct {
	Name string
	Run  func(Target) ([]Column, error)
}

type outcome struct {
	Case    string   `json:"case"`
	Passed  bool     `json:"passed"`
	Detail  string   `json:"detail,omitempty"`
	Columns []Column `json:"columns,omitempty"`
}

// Main runs the cases against the target named by the arguments: host:port user password.
func Main(cases []Case) {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "expected arguments: host:port user password")
		os.Exit(2)
	}
	at := Target{Address: os.Args[1], User: os.Args[2], Password: os.Args[3]}
	out := json.NewEncoder(os.Stdout)
	for _, c := range cases {
		if err := out.Encode(try(c, at)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// try turns an error or a panic of the driver into a failed case, so that the others still run.
func try(c Case, at Target) (o outcome) {
	o = outcome{Case: c.Name}
	defer func() {
		if thrown := recover(); thrown != nil {
			o.Passed, o.Detail = false, fmt.Sprintf("panic: %v\n%s", thrown, debug.Stack())
		}
	}()
	columns, err := c.Run(at)
	if err != nil {
		o.Detail = err.Error()
		return o
	}
	o.Passed, o.Columns = true, columns
	return o
}

// Expect is nil when both are equal.
func Expect[T comparable](what string, found, expected T) error {
	if found == expected {
		return nil
	}
	return fmt.Errorf("%s: expected %v, found %v", what, expected, found)
}
