package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// command is one thing that the program does.
type command struct {
	name    string // as it is typed: "keys rotate"
	args    string // what must follow, such as "FILE"
	meaning string
	ja      string // the same in Japanese
	options []option
	run     func(context.Context, config, call) error
}

// option belongs to one command; settings belong to all.
type option struct {
	name, value, meaning string // value is empty for one that is there or not
}

// call is a command as it was given.
type call struct {
	command command
	args    []string
	options map[string]string
	out     io.Writer
}

func commands() []command {
	return []command{
		{"serve", "", "run the server (the default)",
			"サーバーを動かします(既定)", nil,
			func(ctx context.Context, c config, in call) error { return run(ctx, c, hooks{out: in.out}) }},
		{"demo", "", "run the server with an evening of 24 invented people in it",
			"24人の架空の参加者がいる会を動かします", nil,
			func(ctx context.Context, c config, in call) error { return runDemo(ctx, c, in.out) }},
		{"host add", "", "print a one-time link that makes a host",
			"主催者になるための1回限りのリンクを表示します", nil,
			func(ctx context.Context, c config, in call) error { return addHost(ctx, c, in.out, time.Now()) }},
		{"check", "", "print the settings, and read everything in the store for damage",
			"設定を表示し、保存データ全体を読んで破損を調べます", nil,
			func(ctx context.Context, c config, in call) error { return check(ctx, c, in.out) }},
		{"backup", "FILE", "write everything but the keys to FILE, and the keys to FILE.keys; the server may be running",
			"鍵以外の全データを FILE に、鍵を FILE.keys に書き出します(サーバーは動いたままで構いません)",
			[]option{{"keys", "FILE", "where the keys go instead; a file there is replaced"}}, backup},
		{"restore", "FILE", "verify a backup and put it into an empty place; the server must not be running",
			"バックアップを検証してから、空の場所に復元します(サーバーは止めてください)",
			[]option{
				{"keys", "FILE", "keys of the backup (default: the newest file *.keys of this installation beside it)"},
				{"replace", "", "put it in the place of what is there, which is kept aside"},
			}, restore},
		{"copy", "", "move an installation between engines; may be repeated when it was cut short",
			"保存先を別の種類へ移します(途中で止まったら、もう一度実行してください)",
			[]option{
				{"from", "PLACE", "a data folder, or an address mongodb://..."},
				{"to", "PLACE", "likewise; must be empty"},
			}, copyPlace},
		{"keys rotate", "", "put all keys under a new master key; the server must not be running; repeat when it was cut short",
			"すべての鍵を新しいマスター鍵で包み直します(サーバーは止めてください。途中で止まったら、もう一度実行してください)",
			[]option{{"new-key-file", "FILE", "file of the new master key, made if there is none"}}, rotateKeys},
		{"healthcheck", "", "ask the running server whether it is ready; ends with 1 if not",
			"動いているサーバーに準備ができているか尋ねます(だめなら終了コード 1)", nil, healthcheck},
		{"version", "", "print which Goen this is",
			"このGoenの版を表示します", nil, version},
	}
}

// readCall finds the command in what follows the settings; without a word it is
// the first one. Settings may stand behind it too.
func readCall(args []string, settings func(*flag.FlagSet), out io.Writer) (call, error) {
	for i, c := range commands() {
		words := strings.Fields(c.name)
		if i == 0 && len(args) == 0 {
			words = nil
		}
		if len(args) < len(words) || strings.Join(args[:len(words)], " ") != strings.Join(words, " ") {
			continue
		}
		in := call{command: c, options: map[string]string{}, out: os.Stdout}
		flags := flag.NewFlagSet("goen "+c.name, flag.ContinueOnError)
		flags.SetOutput(out)
		flags.Usage = func() { c.usage(out) }
		settings(flags)
		for _, o := range c.options {
			set := func(v string) error { in.options[o.name] = v; return nil }
			if o.value == "" {
				flags.BoolFunc(o.name, o.meaning, set)
			} else {
				flags.Func(o.name, o.meaning, set)
			}
		}
		for args = args[len(words):]; ; args = flags.Args()[1:] { // options may stand before and behind FILE
			if err := flags.Parse(args); err != nil {
				return in, err
			}
			if flags.NArg() == 0 {
				break
			}
			in.args = append(in.args, flags.Arg(0))
		}
		if want := len(strings.Fields(c.args)); len(in.args) != want {
			c.usage(out)
			return in, fmt.Errorf("goen %s takes %d arguments, not %q", c.name, want, in.args)
		}
		return in, nil
	}
	usage(out)
	return call{}, fmt.Errorf("unknown command %q", args)
}

func (c command) usage(out io.Writer) {
	fmt.Fprintf(out, "goen [settings] %s [options]", c.name)
	if c.args != "" {
		fmt.Fprint(out, " "+c.args)
	}
	fmt.Fprintf(out, "\n\n  %s\n  %s\n\n", c.meaning, c.ja)
	for _, o := range c.options {
		name := strings.TrimSpace("--" + o.name + " " + o.value)
		fmt.Fprintf(out, "  %-24s %s\n", name, o.meaning)
	}
	fmt.Fprintln(out, "\nThe settings: goen --help")
}

func usage(out io.Writer) {
	fmt.Fprint(out, "goen [settings] [command] [options]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-13s %s\n", c.name, c.meaning)
	}
	fmt.Fprint(out, "\nMore about one: goen COMMAND --help\n\nSettings:\n\n")
	for _, s := range settings {
		fmt.Fprintf(out, "  --%-10s %-16s %s", s.name, variable(s.name), s.meaning)
		if s.fallback != "" {
			fmt.Fprintf(out, " (%s)", s.fallback)
		}
		fmt.Fprintln(out)
	}
}

// told is an error in both languages, for the operator.
type told struct {
	en, ja string
	cause  error // nil: there is no more to say
}

func (t told) Error() string {
	text := t.en
	if t.cause != nil {
		text += " (" + t.cause.Error() + ")"
	}
	return text + "\n      " + t.ja
}

func (t told) Unwrap() error { return t.cause }
