package web

// routes is the API. API.md explains it; the OpenAPI document is made from it.
func (s *Server) routes() []route {
	list := []string{"from", "to"}
	return []route{
		{Method: "GET", Path: "/api/v1/login", Summary: "Who can log in", Out: LoginInfo{}, Do: getLogin},
		{Method: "POST", Path: "/api/v1/login", Summary: "Log in with name and PIN", In: Credentials{}, Out: LoggedIn{}, Do: postLogin},
		{Method: "POST", Path: "/api/v1/logout", Summary: "Forget the session", In: loggedOut{}, Out: loggedOut{}, Do: postLogout},
		{Method: "GET", Path: "/api/v1/me", Access: staff, Summary: "Who is logged in", Out: Session{}, Do: getMe},
		{Method: "POST", Path: "/api/v1/pin", Access: admin, Summary: "Set an employee's PIN", In: Credentials{}, Out: Accepted{}, Do: postPIN},
		{Method: "POST", Path: "/api/v1/commands", Access: staff, Summary: "Do something", In: Batch{}, Out: Answer{}, Do: postCommands},
		{Method: "GET", Path: "/api/v1/events", Access: staff, Summary: "Stream of snapshot and patches", Params: []string{"since", lastEventID}, Raw: getEvents,
			File: "text/event-stream", Events: map[string]any{"snapshot": View{}, "patch": Patch{}, "status": Status{}, "job": Job{}}},
		{Method: "GET", Path: "/api/v1/state", Access: staff, Summary: "Everything a till shows", Out: View{}, Do: getState},
		{Method: "GET", Path: "/api/v1/status", Access: staff, Summary: "Devices and checks", Out: Status{}, Do: getStatus},
		{Method: "GET", Path: "/api/v1/receipts", Access: selling, Summary: "Receipts, newest first", Out: ReceiptList{}, Do: getReceipts,
			Params: append(list, "q", "by", "kind", "shift", "before", "limit")},
		{Method: "GET", Path: "/api/v1/receipts/{number}", Access: selling, Summary: "A receipt with seal and paper", Out: ReceiptPage{}, Do: getReceipt},
		{Method: "GET", Path: "/api/v1/shifts", Access: selling, Summary: "Shifts, newest first", Params: list, Out: ShiftList{}, Do: getShifts},
		{Method: "GET", Path: "/api/v1/shifts/{id}", Access: selling, Summary: "A shift with receipts and sheet", Out: ShiftPage{}, Do: getShift},
		{Method: "GET", Path: "/api/v1/closings", Access: selling, Summary: "Closings, newest first", Out: ClosingList{}, Do: getClosings},
		{Method: "GET", Path: "/api/v1/closings/{number}", Access: selling, Summary: "A closing with its paper", Out: ClosingPage{}, Do: getClosing},
		{Method: "GET", Path: "/api/v1/report", Access: selling, Summary: "X report, not printed", Out: ReportPage{}, Do: getReport},
		{Method: "GET", Path: "/api/v1/master/{kind}", Access: office, Summary: "Rows of master data", Out: Rows{}, Do: getMaster},
		{Method: "GET", Path: "/api/v1/changes", Access: office, Summary: "Changes of master data, newest first", Out: ChangeList{}, Do: getChanges,
			Params: []string{"kind", "id", "before", "limit"}},
		{Method: "GET", Path: "/api/v1/tse.tar", Access: office, Summary: "Export of the signing unit", Raw: getTSE, File: "application/x-tar"},
		{Method: "GET", Path: "/api/v1/devices", Access: office, Summary: "What is plugged in; with after, as soon as that changes", Out: PluggedIn{}, Do: getDevices,
			Params: []string{"after"}},
		{Method: "GET", Path: "/api/v1/stats", Access: office, Summary: "Counters for the technician", Out: Stats{}, Do: getStats},
		{Method: "GET", Path: "/api/v1/jobs", Closed: true, Summary: "Long works", Out: Jobs{}, Do: getJobs},
		{Method: "GET", Path: "/api/v1/health", Closed: true, Summary: "Is the box fit to sell", Out: Health{}, Do: getHealth},
		{Method: "GET", Path: "/api/openapi.json", Closed: true, Summary: "This document", Out: obj{}, Raw: getOpenAPI},
	}
}
