package web

import (
	"reflect"

	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/firmware/web/openapi"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/slip"
	"github.com/tresen-pos/tresen/pos/till"
)

// parameter is a value in a path, a query or a header.
type parameter struct {
	what   string
	schema obj
}

const lastEventID = "Last-Event-ID"

var (
	wholeNumber = obj{"type": "integer", "minimum": 0}
	dayText     = obj{"type": "string", "format": "date"}
	anyText     = obj{"type": "string"}
)

var parameters = map[string]parameter{
	"number":    {"number of the receipt or closing", wholeNumber},
	"id":        {"id of the shift or row", anyText},
	"kind":      {"kind of receipts or of master data", anyText},
	"since":     {"the last seq the screen has", wholeNumber},
	"from":      {"first day", dayText},
	"to":        {"last day", dayText},
	"q":         {"a number, part of an order's id or label, a name, or an amount like 12,50", anyText},
	"by":        {"id of the employee", anyText},
	"shift":     {"number of the shift", wholeNumber},
	"after":     {"only what is newer than this number; waits for it up to 20 s", wholeNumber},
	"before":    {"only numbers below: the next page", wholeNumber},
	"limit":     {"rows at most, up to 500", wholeNumber},
	lastEventID: {"as since; the browser sends it by itself", wholeNumber},
}

// opWords say what the commands do, for the document.
var opWords = map[string]string{
	"addLine":      "puts an article into an order, opening the order if it is new",
	"setQty":       "makes a line have that many pieces",
	"voidLine":     "takes a line off an order",
	"discount":     "sets the discount of a line or, without one, of the order; nothing set takes it away",
	"setTakeAway":  "switches between eating in and taking away",
	"park":         "sets an order aside under a label",
	"resume":       "takes a parked order up again",
	"cancelOrder":  "ends an order without a sale",
	"pay":          "takes a tender; the last one makes the receipt",
	"dropPayments": "takes all payments of an unfinished order back",
	"voidReceipt":  "makes a receipt with everything of another one reversed",
	"reprint":      "prints a receipt, closing or shift again, marked as a copy",
	"openDrawer":   "opens the drawer without a sale",
	"moveCash":     "puts money into the drawer, or below zero takes it out",
	"openShift":    "begins a shift with the counted float",
	"beginCount":   "stops selling to count the drawer",
	"rescueShift":  "goes back from counting to selling",
	"closeShift":   "ends the shift with the counted drawer",
	"forceClose":   "ends a shift without a count",
	"report":       "prints an X report",
	"closeDay":     "makes the Z",
	"setMaster":    "stores a whole row of master data",
}

// masterRows are the types of the tables of master data.
var masterRows = map[catalog.Kind]any{
	catalog.KindArticle: catalog.Article{}, catalog.KindGroup: catalog.Group{}, catalog.KindVAT: catalog.VATClass{},
	catalog.KindDiscount: catalog.Discount{}, catalog.KindTender: catalog.Tender{}, catalog.KindRole: catalog.Role{},
	catalog.KindEmployee: catalog.Employee{}, catalog.KindPrinter: catalog.Printer{}, catalog.KindCompany: catalog.Company{},
	catalog.KindRegister: catalog.Register{}, catalog.KindLayout: catalog.Layout{},
}

func newMaker() *openapi.Maker {
	m := &openapi.Maker{
		Names: map[reflect.Type]string{
			reflect.TypeFor[book.Row]():      "ReceiptRow",
			reflect.TypeFor[slip.Line]():     "PaperLine",
			reflect.TypeFor[slip.Code]():     "QRCode",
			reflect.TypeFor[till.Line]():     "OrderLine",
			reflect.TypeFor[till.Discount](): "GivenDiscount",
			reflect.TypeFor[engine.Sealed](): "SealedReceipt",
			reflect.TypeFor[wrapped]():       "Error",
			reflect.TypeFor[till.Pay]():      "PayArgs",
		},
		Known: map[reflect.Type]openapi.Schema{
			reflect.TypeFor[money.Cents]():     {"type": "integer", "description": "cents"},
			reflect.TypeFor[money.Qty]():       {"type": "integer", "description": "thousandths"},
			reflect.TypeFor[money.Rate]():      {"type": "integer", "description": "basis points"},
			reflect.TypeFor[catalog.Right]():   openapi.Enum(catalog.Rights...),
			reflect.TypeFor[catalog.Kind]():    openapi.Enum(catalog.Kinds...),
			reflect.TypeFor[health.Severity](): openapi.Enum(health.OK, health.Info, health.Warn, health.Fail),
			reflect.TypeFor[slip.Align]():      openapi.Enum(slip.Left, slip.Center, slip.Right),
		},
		Fields: map[string]openapi.Schema{
			"Employee.PIN":    {"type": "string", "enum": []any{pinSet, ""}, "description": "set: there is one; it never leaves the box, nor comes with the row"},
			"Batch.Client":    {"type": "string", "pattern": clientPattern.String(), "description": "the screen's id, made once and kept"},
			"Device.State":    openapi.Enum("ok", "waiting", "off", "out", "none"),
			"Drawer.State":    openapi.Enum("open", "closed", "unknown"),
			"Shift.State":     openapi.Enum(till.StateOpen, till.StateCounting, till.StateClosed),
			"Receipt.Kind":    openapi.Enum(till.Sale, till.Void, till.Float, till.Deposit, till.Withdrawal, till.Difference),
			"Row.Kind":        openapi.Enum(till.Sale, till.Void, till.Float, till.Deposit, till.Withdrawal, till.Difference),
			"SetMaster.Value": {"type": "object", "description": "the whole row"},
		},
	}
	master(m)
	commandShapes(m)
	patchShape(m)
	return m
}

// master adds the rows of master data as one choice.
func master(m *openapi.Maker) {
	rows := []any{}
	for _, k := range catalog.Kinds {
		rows = append(rows, m.Of(masterRows[k]))
	}
	row := m.Add("MasterRow", openapi.Schema{"anyOf": rows})
	m.Fields["Rows.Rows"] = openapi.Schema{"type": "array", "items": row}
	m.Fields["Change.Old"], m.Fields["Change.New"] = row, row
}

// commandShapes adds a schema per command, chosen by its op.
func commandShapes(m *openapi.Maker) {
	choices, mapping := []any{}, obj{}
	for _, op := range till.Ops() {
		args := m.Of(reflect.ValueOf(till.NewCommand(op)).Elem().Interface())
		if op == "setMaster" {
			args = setMasterShape(m, args)
		}
		ref := m.Add("Command."+op, openapi.Schema{"type": "object", "description": opWords[op], "additionalProperties": false,
			"required": []any{"n", "op"}, "properties": obj{"op": obj{"const": op}, "args": args,
				"n": obj{"type": "integer", "minimum": 1, "description": "running number of the screen, made once per tap"}}})
		choices, mapping[op] = append(choices, ref), ref["$ref"]
	}
	m.Known[reflect.TypeFor[Entry]()] = m.Add("Command", openapi.Schema{"oneOf": choices,
		"discriminator": obj{"propertyName": "op", "mapping": mapping}})
	m.Fields["Batch.Commands"] = openapi.Schema{"type": "array", "minItems": 1, "maxItems": maxBatch,
		"items": m.Known[reflect.TypeFor[Entry]()]}
}

// setMasterShape ties the value to its kind.
func setMasterShape(m *openapi.Maker, args openapi.Schema) openapi.Schema {
	var rules []any
	for _, k := range catalog.Kinds {
		rules = append(rules, obj{"if": obj{"properties": obj{"kind": obj{"const": string(k)}}},
			"then": obj{"properties": obj{"value": m.Of(masterRows[k])}}})
	}
	return openapi.Schema{"allOf": append([]any{args}, rules...)}
}

// patchShape adds Patch: a View of which only what changed is there.
func patchShape(m *openapi.Maker) {
	m.Of(View{})
	schemas, _ := m.Schemas() // asked for its error later
	view := schemas["View"]
	ref := m.Add("Patch", openapi.Schema{"type": "object", "properties": view["properties"], "required": []any{"seq"},
		"additionalProperties": false, "description": "Fields that changed, each whole; of orders, each id is replaced, and null means gone."})
	m.Known[reflect.TypeFor[Patch]()] = ref
}
