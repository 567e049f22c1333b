// Command tresenctl is the technician's and auditor's command line for Tresen boxes and their files.
//
// Each command has a file of its own and is listed in commands. It follows no specification of its own; the formats it reads
// are described where they live (pos/journal/FORMAT.md). It changes nothing on a journal. It starts no goroutine.
//
// Exit codes: 0 all is well, 1 something was found (damage), 2 the question could not be answered (usage, unreadable files).
package main

import (
	"fmt"
	"io"
	"os"
)

const (
	exitOK    = 0
	exitFound = 1
	exitUsage = 2
)

// command is one word behind tresenctl.
type command struct {
	name, args, summary string
	run                 func(args []string, stdout, stderr io.Writer) int
}

// commands are all of them, in the order of the help page.
var commands = []command{
	{"journal", "verify|dump|stat DIR", "check, print or summarise a journal", runJournal},
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	return dispatch("tresenctl", commands, args, stdout, stderr)
}

// dispatch finds the command that args begins with and runs it.
func dispatch(program string, list []command, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		for _, c := range list {
			if c.name == args[0] {
				return c.run(args[1:], stdout, stderr)
			}
		}
		if args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
			usage(program, list, stdout)
			return exitOK
		}
		fmt.Fprintf(stderr, "%s: there is no command %q\n", program, args[0])
	}
	usage(program, list, stderr)
	return exitUsage
}

func usage(program string, list []command, w io.Writer) {
	fmt.Fprintf(w, "usage: %s COMMAND ...\n\n", program)
	for _, c := range list {
		fmt.Fprintf(w, "  %-8s %-24s %s\n", c.name, c.args, c.summary)
	}
}
