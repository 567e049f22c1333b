// bundled by tools/webbuild
