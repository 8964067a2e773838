package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow/flight"

	"hana-flight/test/clients/go/report"
)

const (
	// longStatement would run for a minute.
	longStatement = "SELECT COUNT(*) FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B, SALES.TRANSACTIONS C WHERE A.QUANTITY + B.QUANTITY > C.QUANTITY"
	activeCount   = "SELECT COUNT(*) FROM SYS.M_ACTIVE_STATEMENTS WHERE STATEMENT_STRING LIKE '%A.QUANTITY + B.QUANTITY%' AND STATEMENT_STRING NOT LIKE '%M_ACTIVE_STATEMENTS%'"

	pollEvery    = 20 * time.Millisecond
	startsWithin = 20 * time.Second
	// HANA is to be free within a second; a loaded machine gets more.
	endsWithin = 5 * time.Second
)

func cancelsFlightInfo(s *session) error {
	return s.endsLongStatement(func(info *flight.FlightInfo, _ context.CancelFunc) error {
		result, err := s.CancelFlightInfo(s.ctx, &flight.CancelFlightInfoRequest{Info: info})
		if err != nil {
			return err
		}
		if result.Status != flight.CancelStatusCancelled && result.Status != flight.CancelStatusCancelling {
			return fmt.Errorf("expected the statement to be cancelled, found %s", result.Status)
		}
		return nil
	})
}

func cancelsContext(s *session) error {
	return s.endsLongStatement(func(_ *flight.FlightInfo, cancel context.CancelFunc) error {
		cancel()
		return nil
	})
}

// endsLongStatement starts a statement, waits until HANA runs it, ends it, and waits until HANA is free.
func (s *session) endsLongStatement(end func(*flight.FlightInfo, context.CancelFunc) error) error {
	info, err := s.Execute(s.ctx, longStatement)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	outcome := make(chan error, 1)
	go func() {
		reading := &session{s.Client, ctx}
		_, _, err := reading.fetch(info)
		outcome <- err
	}()
	if err := s.waitForActive("1", startsWithin); err != nil {
		return err
	}
	if err := end(info, cancel); err != nil {
		return err
	}
	if err := s.waitForActive("0", endsWithin); err != nil {
		return err
	}
	if <-outcome == nil {
		return errors.New("expected the cancelled query to fail, it succeeded")
	}
	return logsOn(s)
}

func (s *session) waitForActive(expected string, within time.Duration) error {
	until := time.Now().Add(within)
	for {
		active, err := s.single(activeCount)
		if err != nil {
			return err
		}
		if active == expected {
			return nil
		}
		if time.Now().After(until) {
			return report.Expect(fmt.Sprintf("active statements within %v", within), active, expected)
		}
		time.Sleep(pollEvery)
	}
}
