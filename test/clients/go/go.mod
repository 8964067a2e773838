module hana-flight/test/clients/go

go 1.25.0

require github.com/SAP/go-hdb v1.16.7

require golang.org/x/text v0.36.0 // indirect
