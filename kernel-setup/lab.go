package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"interleave/helpers/lang"
	"interleave/kernel-setup/page"
	"interleave/notebooks/nb/view"
	"interleave/notebooks/nb/work"
)

// runLab ends as the Jupyter server itself: no process of ours stands between
// the terminal and it.
func runLab(ctx context.Context, args []string) error {
	set, prefix := flags("lab", "[--lang ko|en|ko,en|ja] [--dir FOLDER] [--port N] [--listen ADDRESS] [--no-browser] [--prefix FOLDER]")
	list := set.String("lang", "", "the `language` to start in, of lessons and charts' labels: ko, en, ko,en for both, or one with translations\nin notebooks/po; the notebooks' toolbar changes it (default: as you left it, at first both)")
	dir := set.String("dir", "", "the `folder` with your copies of the notebooks (default work beside go.mod)")
	port := set.Int("port", 0, "the `port` to listen on (default: 8888, or the next free one)")
	listen := set.String("listen", "127.0.0.1", "the `address` to listen on: 0.0.0.0 lets other machines in, who need the token")
	noBrowser := set.Bool("no-browser", false, "print the address instead of opening a browser")
	if err := parse(set, args); err != nil {
		return err
	}
	l, err := findLab(*prefix)
	if err != nil {
		return err
	}
	language, err := l.startLanguage(*list)
	if err != nil {
		return err
	}
	if *port != 0 {
		if err := checkPort(*listen, *port); err != nil {
			return err
		}
	}
	if *dir == "" {
		*dir = work.Default(l.module)
	}
	folder, err := filepath.Abs(*dir)
	if err != nil {
		return fmt.Errorf("find the folder %s: %w", *dir, err)
	}
	if err := checkFolder(folder); err != nil {
		return err
	}
	if err := l.install(ctx); err != nil {
		return err
	}
	first, err := l.fillWork(ctx, folder)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	argv := l.jupyterArgs(folder, first, language, *listen, *port, !*noBrowser)
	if language == "en" {
		// JupyterLab has no language pack for English. What its server does not translate
		// is English, and it translates to its locale's language.
		_ = os.Setenv("LC_CTYPE", "C.UTF-8")
	}
	env := append(os.Environ(), l.jupyterEnv()...)
	if *list != "" {
		env = append(env, lang.Env+"="+language)
		if err := l.choose(language); err != nil {
			return err
		}
	}
	if err := syscall.Exec(argv[0], argv, env); err != nil {
		return fmt.Errorf("start JupyterLab with %s: %w\n  mend: go run ./kernel-setup doctor", argv[0], err)
	}
	return nil
}

// startLanguage returns the language that the reader asked to start in, or "" for Korean
// and English. The page shows one, or these two.
func (l lab) startLanguage(list string) (string, error) {
	languages, err := view.ParseLanguages(list)
	if err != nil {
		return "", err
	}
	if err := view.CheckTranslations(l.source("notebooks"), languages); err != nil {
		return "", err
	}
	switch {
	case len(languages) == 1:
		return languages[0], nil
	case len(languages) == 2 && slices.Contains(languages, "ko") && slices.Contains(languages, "en"):
		return "", nil
	}
	return "", fmt.Errorf("languages %q: the lab shows one language, or Korean and English; to have others beside each other, make a copy: go run ./notebooks/nb view --lang %s 54",
		list, strings.ReplaceAll(list, " ", ""))
}

// chosen is what JupyterLab keeps of a reader's choice of language, among comments that
// keep a JSON parser out.
var chosen = regexp.MustCompile(`("language"\s*:\s*)"[^"]*"`)

// choose makes a language the reader's choice where they have made one on the page. Else
// the page starts in that of the settings which JupyterLab is started with.
func (l lab) choose(language string) error {
	folder := cmp.Or(os.Getenv("JUPYTERLAB_SETTINGS_DIR"), filepath.Join(l.jupyterHome(), "config", "lab", "user-settings"))
	path := filepath.Join(folder, page.Name, "plugin.jupyterlab-settings")
	was, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look for the language that was chosen last: %w", err)
	}
	now := chosen.ReplaceAll(was, fmt.Appendf(nil, "${1}%q", cmp.Or(language, "both")))
	if bytes.Equal(now, was) {
		return nil
	}
	return writeFile(path, now)
}

// jupyterArgs is the command line of the lab's Jupyter server. Nothing it does
// leaves the machine: no news, no check for updates, no list of extensions.
func (l lab) jupyterArgs(work, first, language, listen string, port int, browser bool) []string {
	argv := []string{
		l.venv("bin", "jupyter-lab"),
		"--ServerApp.root_dir=" + work,
		"--ServerApp.ip=" + listen,
		"--ServerApp.answer_yes=True", // one Ctrl-C ends it
		"--LabApp.app_settings_dir=" + l.settings(language),
		"--LabApp.extension_manager=readonly",
		"--LabApp.default_url=/lab/tree/" + first,
		"--LanguageServerManager.autodetect=False", // else it tries other languages' servers
		// Else a kernel's state is unknown until its first cell has run.
		"--MappingKernelManager.untracked_message_types=[]",
		"--KernelSpecManager.ensure_native_kernel=False",
		"--KernelSpecManager.allowed_kernelspecs=gonb",
		"--MappingKernelManager.default_kernel_name=gonb",
		"--ServerApp.open_browser=" + map[bool]string{true: "True", false: "False"}[browser],
	}
	if os.Getenv("JUPYTERLAB_WORKSPACES_DIR") == "" {
		// Labs on different folders do not open each other's notebooks.
		folder := sha256.Sum256([]byte(work))
		argv = append(argv, "--LabApp.workspaces_dir="+filepath.Join(l.jupyterHome(), "workspaces", hex.EncodeToString(folder[:8])))
	}
	if port != 0 {
		argv = append(argv, "--ServerApp.port="+strconv.Itoa(port), "--ServerApp.port_retries=0")
	}
	if os.Geteuid() == 0 {
		argv = append(argv, "--allow-root")
	}
	return argv
}

// checkFolder finds out whether the reader can save in the folder, before the
// installation too.
func checkFolder(work string) error {
	const what = "make the folder for your copies of the notebooks"
	if err := os.MkdirAll(work, 0o755); err != nil {
		return fileError(what, err)
	}
	probe, err := os.CreateTemp(work, ".new-*")
	if err != nil {
		return fileError(what, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// checkPort finds out whether a port that the reader asked for is free, before
// the installation, which may take minutes.
func checkPort(address string, port int) error {
	if port < 1 || port > 65535 {
		return fmt.Errorf("listen on port %d: ports are 1 to 65535", port)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("listen on port %d: %w\n  mend: choose another with --port, or leave --port out and the next free one is taken", port, err)
	}
	return listener.Close()
}
