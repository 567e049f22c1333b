package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Hard stops of the house style.
const (
	maxFileLines = 500
	maxFuncLines = 70
	maxMethods   = 3
)

// wide lists interfaces that stand for somebody else's larger thing.
var wide = map[string]string{
	"hal/link.Link":                    "a byte link is read, write, close and two deadlines, as net.Conn has them",
	"pos/journal.File":                 "an open file is reading, writing, closing and its extent, each an interface of its own",
	"hal/printer/printersim.paperHand": "the hand that draws is one mechanism with one implementation per test",
}

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func TestSizes(t *testing.T) {
	files := 0
	walk(t, func(name string) {
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, filepath.Join(root, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files++
		if n := set.Position(f.End()).Line; n > maxFileLines {
			t.Errorf("%s has %d lines, more than %d: split it by what it is about", name, n, maxFileLines)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.FuncDecl:
				if strings.HasSuffix(name, "_test.go") {
					return true // a table of cases may be long
				}
				if n := set.Position(x.End()).Line - set.Position(x.Pos()).Line; n > maxFuncLines {
					t.Errorf("%s: func %s has %d lines, more than %d", name, x.Name.Name, n, maxFuncLines)
				}
			case *ast.TypeSpec:
				methods(t, name, x)
			}
			return true
		})
	})
	if files < 50 {
		t.Fatalf("only %d files found; the test looks at the wrong place", files)
	}
}

func methods(t *testing.T, file string, x *ast.TypeSpec) {
	i, ok := x.Type.(*ast.InterfaceType)
	if !ok || strings.HasSuffix(file, "_test.go") {
		return
	}
	name := filepath.Dir(file) + "." + x.Name.Name
	if _, ok := wide[name]; !ok && len(i.Methods.List) > maxMethods {
		t.Errorf("%s: interface %s has %d methods, more than %d", file, x.Name.Name, len(i.Methods.List), maxMethods)
	}
}

// Every package says in one place what it is.
func TestPackageDocs(t *testing.T) {
	docs := map[string]int{}
	walk(t, func(name string) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(name)
		docs[dir] += 0
		if f.Doc != nil {
			docs[dir]++
		}
	})
	for dir, n := range docs {
		if n != 1 {
			t.Errorf("%s has %d package comments, want one", dir, n)
		}
	}
}

// Packages that would gather what belongs nowhere.
func TestNoDrawerForOddments(t *testing.T) {
	for dir := range packages(t, true) {
		switch filepath.Base(dir) {
		case "util", "utils", "common", "helpers", "types", "misc":
			t.Errorf("%s: give the package a name that says what lives there", dir)
		}
	}
}
