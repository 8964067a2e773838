// Reads from HANA by SAP's go-hdb, into Arrow by arrow-go's builders.
//
// Arguments: host:port user password. Talks in lines of JSON, see bench/peers/README.md.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/SAP/go-hdb/driver"
	"github.com/apache/arrow-go/v18/arrow"
)

const (
	// The most that HANA gives.
	fetchRows    = 32_767
	rowsPerBatch = 65_536
	longestLine  = 1 << 20
	bufferBytes  = 1 << 20
)

type question struct {
	Do  string   `json:"do"`
	SQL []string `json:"sql"`
}

// take gets each batch; it is released afterwards.
type take func(arrow.RecordBatch) error

func main() {
	if err := converse(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func converse(address, user, password string) error {
	connector := driver.NewBasicAuthConnector(address, user, password)
	connector.SetFetchSize(fetchRows)
	connector.SetBufferSize(bufferBytes)
	db := sql.OpenDB(connector)
	defer db.Close()
	var connections []*sql.Conn
	connect := func(count int) error {
		for len(connections) < count {
			connection, err := db.Conn(context.Background())
			if err != nil {
				return err
			}
			connections = append(connections, connection)
		}
		return nil
	}
	if err := connect(1); err != nil {
		return err
	}
	answer(map[string]any{"ready": true})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return err
		}
		if err := connect(len(asked.SQL)); err != nil {
			return err
		}
		work := readAll
		if asked.Do == "digest" {
			work = digestAll
		}
		found, err := work(connections, asked.SQL)
		if err != nil {
			return err
		}
		answer(found)
	}
	return lines.Err()
}

// readAll reads all queries at the same time and keeps nothing.
func readAll(connections []*sql.Conn, queries []string) (map[string]any, error) {
	start, processor := time.Now(), processorSeconds()
	var (
		group sync.WaitGroup
		lock  sync.Mutex
		rows  int64
		first float64
		fault error
	)
	for index, query := range queries {
		group.Go(func() {
			err := read(connections[index], query, func(batch arrow.RecordBatch) error {
				lock.Lock()
				defer lock.Unlock()
				if rows == 0 {
					first = time.Since(start).Seconds()
				}
				rows += batch.NumRows()
				return nil
			})
			if err != nil {
				lock.Lock()
				fault = err
				lock.Unlock()
			}
		})
	}
	group.Wait()
	return map[string]any{
		"rows":         rows,
		"seconds":      time.Since(start).Seconds(),
		"firstSeconds": first,
		"cpuSeconds":   processorSeconds() - processor,
	}, fault
}

func digestAll(connections []*sql.Conn, queries []string) (map[string]any, error) {
	columns := tableDigest{}
	var rows int64
	for _, query := range queries {
		err := read(connections[0], query, func(batch arrow.RecordBatch) error {
			rows += batch.NumRows()
			return columns.add(batch)
		})
		if err != nil {
			return nil, err
		}
	}
	return map[string]any{"rows": rows, "columns": columns.texts()}, nil
}

func processorSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

func answer(values map[string]any) {
	line, err := json.Marshal(values)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(line))
}
