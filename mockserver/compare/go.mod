module livetape/mockserver/compare

go 1.25.0

require (
	github.com/r3labs/sse/v2 v2.10.0
	livetape v0.0.0
)

require (
	github.com/VictoriaMetrics/metrics v1.35.1 // indirect
	github.com/agext/levenshtein v1.2.3 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	github.com/govalues/decimal v0.1.36 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/tidwall/gjson v1.20.0 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	github.com/valyala/fastrand v1.1.0 // indirect
	github.com/valyala/histogram v1.2.0 // indirect
	golang.org/x/net v0.42.0 // indirect
	golang.org/x/sys v0.38.0 // indirect
	gopkg.in/cenkalti/backoff.v1 v1.1.0 // indirect
)

replace livetape => ../..
