package printersim_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

func TestPrintsOverTCP(t *testing.T) {
	s, err := printersim.New(printersim.Options{ProcessID: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pr := printer.Paper80x42()
	pr.HasProcessID = true
	p, err := printer.New(link.TCP{Addr: s.Addr()}, pr, printer.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	b := printer.Style{Bold: true}
	out, err := p.Print(context.Background(), printer.Page{ID: "receipt 1", Ops: []printer.Op{
		printer.Line{Align: printer.Center, Spans: []printer.Span{{Text: "Café Tresen", Style: printer.Style{Wide: true, Tall: true}}}},
		printer.Line{Align: printer.Center, Spans: []printer.Span{{Text: " DEMO · NICHT ZERTIFIZIERT ", Style: printer.Style{Inverse: true, Bold: true}}}},
		printer.Rule{},
		printer.Text("2 x 3,20  Melange große Schale      6,40 €", printer.Style{}),
		printer.Text("Äpfel Öl Übermut ßñé €                1,20", printer.Style{}),
		printer.Rule{Double: true},
		printer.Text("SUMME                               7,60 €", b),
		printer.QR{Data: "V0;955002-00;Kassenbeleg-V1;Beleg^0.00_2.55_0.00_0.00_0.00^2.55:Bar;18;112;2019-07-10T18:41:04.000Z;2019-07-10T18:41:04.000Z;ecdsa-plain-SHA256;unixTime;MEQCIAy4P9k+7x9saDO0uRZ4El8QwN+qTgYiv1DIaJIMWRiuAiAt+saFDGjK2Yi5Cxgy7PprXQ5O0seRgx4ltdpW9REvwA==;BHhWOeisRpPBTGQ1W4VUH95TXx2GARf8e2NYZXJoInjtGqnxJ8sZ3CQpYgjI+LYEmW5A37sLWHsyU7nSJUBemyU=", Level: printer.M},
		printer.Feed{Lines: 1},
		printer.Cut{},
	}})
	if out != printer.Printed || err != nil {
		t.Fatalf("got %v, %v, want printed", out, err)
	}
	papers := s.Papers()
	if len(papers) != 1 {
		t.Fatalf("got %d papers, want 1", len(papers))
	}
	if got := papers[0].Text(); !strings.Contains(got, "Äpfel Öl Übermut ßñé €") {
		t.Errorf("paper reads %q", got)
	}
	if _, err := papers[0].PNG(); err != nil {
		t.Error(err)
	}
}
