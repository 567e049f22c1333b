package tse

import "errors"

// Errors a caller tells apart with errors.Is. The names in the comments are those of TR-03151-1 v1.1.0.
var (
	// ErrGone: the medium is not there (ErrorStorageMediumDisconnected). Temporary: the same handle works again when the medium is back.
	ErrGone = errors.New("TSE medium is disconnected: plug it in again")
	// ErrClosed: the handle was closed by its owner.
	ErrClosed = errors.New("TSE handle is closed")
	// ErrInUse: another process (or handle) owns the unit.
	ErrInUse = errors.New("TSE is in use by another program")
	// ErrOtherUnit: the medium is there, but it is another unit than the one that was opened. Open it anew.
	ErrOtherUnit = errors.New("another TSE is plugged in than the one that was opened")
	// ErrClientNotRegistered (ErrorClientNotRegistered): register the client first.
	ErrClientNotRegistered = errors.New("client is not registered at the TSE")
	// ErrTooManyClients (ErrorClientLimitReached).
	ErrTooManyClients = errors.New("TSE takes no further client")
	// ErrTooManyTransactions (ErrorLimitOfSimultaneousOpenTransactionsReached): finish one first.
	ErrTooManyTransactions = errors.New("TSE takes no further open transaction")
	// ErrTransactionNotFound (ErrorTransactionNumberNotFound): no open transaction has this number.
	ErrTransactionNotFound = errors.New("no open TSE transaction has this number")
	// ErrTimeNotSet (ErrorTimeNotSet): the clock has not been set since power-up.
	ErrTimeNotSet = errors.New("TSE time is not set: set the clock")
	// ErrStorageFull (ErrorStorageMemoryFull): nothing was written and no number was used.
	ErrStorageFull = errors.New("TSE storage is full: export and make room")
	// ErrStorage (ErrorStoringLogMessageFailed): the medium refused to read or write; the outcome of the call is unknown
	// until a later call succeeds, ask Pending and LastFinish then.
	ErrStorage = errors.New("TSE storage failed")
	// ErrDamaged: stored data contradict their check sums or each other. Permanent: replace the unit, keep it as it is.
	ErrDamaged = errors.New("TSE data are damaged")
	// ErrParameter (ErrorParameterMismatch, ErrorInvalidClientIdCharacter, ErrorParameterTooLong): the caller's bug.
	ErrParameter = errors.New("TSE refuses the parameter")
)
