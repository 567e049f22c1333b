package bundle

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Build bundles one page and returns its files by name. The same sources give
// the same bytes. The npm packages must be unpacked (Unpack).
func Build(root string, p Page) (map[string][]byte, error) {
	r := api.Build(api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{{InputPath: filepath.Join(root, p.Entry), OutputPath: p.Name}},
		Outdir:              filepath.Join(root, p.Out),
		AbsWorkingDir:       root,
		Bundle:              true,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		MinifySyntax:        true,
		Format:              api.FormatIIFE,
		Platform:            api.PlatformBrowser,
		Target:              api.ES2020,
		Charset:             api.CharsetUTF8,
		LegalComments:       api.LegalCommentsNone,
		JSX:                 api.JSXAutomatic,
		JSXImportSource:     "preact",
		NodePaths:           []string{modules(root)},
		TsconfigRaw:         `{"compilerOptions":{"useDefineForClassFields":true}}`,
		LogLevel:            api.LogLevelSilent,
	})
	if len(r.Errors) > 0 {
		return nil, fmt.Errorf("bundle %s: %s", p.Entry, sentences(r.Errors))
	}
	files := map[string][]byte{}
	for _, f := range r.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	return files, nil
}

func sentences(ms []api.Message) string {
	all := api.FormatMessages(ms, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	return strings.TrimSpace(strings.Join(all, "\n"))
}
