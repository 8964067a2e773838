// Tries hana-flight with arrow-go: its Flight SQL client and its database/sql driver.
package main

import (
	"context"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"hana-flight/test/clients/go/report"
)

// callsEndWithin limits every case; the longest waits for a loaded machine.
const callsEndWithin = 60 * time.Second

func main() {
	report.Main(append(clientCases, databaseSQLCases...))
}

// session is a client that has logged on; its context carries the token.
type session struct {
	*flightsql.Client
	ctx context.Context
}

// logOn connects with a cookie jar, as clients that want a session do.
func logOn(ctx context.Context, at report.Target) (*session, error) {
	client, err := flightsql.NewClientCtx(ctx, at.Address, nil,
		[]flight.ClientMiddleware{flight.NewClientCookieMiddleware()},
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	ctx, err = client.Client.AuthenticateBasicToken(ctx, at.User, at.Password)
	if err != nil {
		client.Close()
		return nil, err
	}
	return &session{client, ctx}, nil
}

// withSession gives a case a session of its own.
func withSession(run func(*session) error) func(report.Target) ([]report.Column, error) {
	return func(at report.Target) ([]report.Column, error) {
		ctx, cancel := context.WithTimeout(context.Background(), callsEndWithin)
		defer cancel()
		s, err := logOn(ctx, at)
		if err != nil {
			return nil, err
		}
		defer s.Close()
		return nil, run(s)
	}
}

// fetch reads every endpoint of a flight.
func (s *session) fetch(info *flight.FlightInfo) (*arrow.Schema, []arrow.RecordBatch, error) {
	var schema *arrow.Schema
	var batches []arrow.RecordBatch
	for _, endpoint := range info.Endpoint {
		reader, err := s.DoGet(s.ctx, endpoint.Ticket)
		if err != nil {
			return nil, nil, err
		}
		schema = reader.Schema()
		for reader.Next() {
			batch := reader.RecordBatch()
			batch.Retain()
			batches = append(batches, batch)
		}
		err = reader.Err()
		reader.Release()
		if err != nil {
			return nil, nil, err
		}
	}
	return schema, batches, nil
}

// query runs a statement and reads its result.
func (s *session) query(sql string) (*arrow.Schema, []arrow.RecordBatch, error) {
	info, err := s.Execute(s.ctx, sql)
	if err != nil {
		return nil, nil, err
	}
	return s.fetch(info)
}

// single is the canonical text of the one value of a result.
func (s *session) single(sql string) (string, error) {
	schema, batches, err := s.query(sql)
	if err != nil {
		return "", err
	}
	return onlyValue(schema, batches)
}
