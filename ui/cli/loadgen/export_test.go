package loadgen

const (
	AdviceNoAnswer    = adviceNoAnswer
	AdviceServerError = adviceServerError
)
