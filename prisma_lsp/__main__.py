"""The command line: its arguments.  What they do is in `check`, `explain` and the server."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from prisma_lsp import __version__

_FORMATS = ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit")
_SEVERITIES = ("error", "warning", "info", "hint")

_EXAMPLES = """\
examples:
  prisma-lsp init --baseline                  settings that fit the project as it is
  prisma-lsp check                            the schema of the project you are in
  prisma-lsp check --fix --diff               what --fix would change
  prisma-lsp format --check                   is everything laid out?
  prisma-lsp explain missing-fk-index         why a rule exists, and its fixes
"""
_CHECK_EXAMPLES = """\
examples:
  prisma-lsp check                            the schema of the project you are in
  prisma-lsp check prisma/schema --fix        a folder; make the fixes that need no migration
  prisma-lsp check --select indexes,naming    two groups of rules and no others
  prisma-lsp check --statistics               how many findings each rule has
  prisma-lsp check --changed --base origin/main
  prisma-lsp check --format sarif --output-file prisma.sarif
  git show HEAD:prisma/schema.prisma | prisma-lsp check - --stdin-filename prisma/schema.prisma

exit code: 0 nothing found at --fail-on or above, 1 something found, 2 the check could not be made
as asked
"""
_FORMAT_EXAMPLES = """\
examples:
  prisma-lsp format                           the schema of the project you are in
  prisma-lsp format --check prisma/schema     for CI: exit code 1 where a file would change
  prisma-lsp format --diff                    what would change
  prisma-lsp format - < schema.prisma         from standard input to standard output

exit code: 0 done, or everything is formatted; 1 with --check or --diff where something is not; 2
something could not be read or written
"""
_INIT_EXAMPLES = """\
examples:
  prisma-lsp init                             settings for the project you are in
  prisma-lsp init --baseline                  and nothing that is old is reported again:
  prisma-lsp check --baseline prisma-lsp-baseline.json
"""
_EXPLAIN_EXAMPLES = """\
examples:
  prisma-lsp explain missing-fk-index         why, examples, fixes and what they cost, options
  prisma-lsp explain our-rule --plugin acme   a rule of an installed package
"""
_RULES_EXAMPLES = """\
examples:
  prisma-lsp rules                            every rule with its level, by group
  prisma-lsp rules | grep off                 what nobody is told of unasked
"""
_SERVE_EXAMPLES = """\
examples:
  prisma-lsp serve                            what an editor starts; it speaks over stdin and stdout
  prisma-lsp serve --plugin acme              with the rules of an installed package
"""
_COMPLETIONS_EXAMPLES = """\
examples:
  eval "$(prisma-lsp completions bash)"       in ~/.bashrc
  prisma-lsp completions zsh > ~/.zfunc/_prisma-lsp
  prisma-lsp completions fish > ~/.config/fish/completions/prisma-lsp.fish
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` name; the result is the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return _run(parser, options)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # Python's own code for a fault is 1, which means findings here.
        from prisma_lsp.console import complain

        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f" ({place.tb_frame.f_code.co_filename}:{place.tb_lineno})" if place else ""
        complain(f"internal error: {type(error).__name__}: {error}{where}")
        return 2


def run() -> NoReturn:
    """The program: `main`, and an end without taking all apart first, which takes its time."""
    code = main()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.command is not None and not _load_plugins(getattr(options, "plugin", [])):
        return 2
    match options.command:
        case "check":
            return _check(parser, options)
        case "format":
            from prisma_lsp import layout

            if options.check and options.diff:
                parser.error("--check lists files and --diff shows them: write one of them")
            return layout.main(
                options.paths,
                check_only=options.check,
                diff=options.diff,
                stdin_filename=options.stdin_filename,
            )
        case "init":
            from prisma_lsp import init

            if options.baseline and options.add_ignores:
                parser.error("--baseline and --add-ignores are two ways to one end: write one of them")
            return init.main(
                options.path,
                with_baseline=options.baseline,
                add_ignores=options.add_ignores,
                force=options.force,
            )
        case "explain":
            from prisma_lsp import explain

            return explain.explain(options.rule)
        case "rules":
            from prisma_lsp import explain

            return explain.rules()
        case "completions":
            from prisma_lsp import completions, console

            return 0 if console.write(completions.script(options.shell, parser)) else 2
        case "serve":
            import gc

            gc.disable()  # until all is imported: that makes many objects and no garbage
            from prisma_lsp.server import door

            return door.main(options.tcp)
        case _:
            parser.print_help(sys.stderr)
            return 2


def _load_plugins(named: Sequence[str]) -> bool:
    from prisma_lsp import plugins

    try:
        plugins.load(named)
    except plugins.PluginError as error:
        from prisma_lsp.console import complain

        complain(str(error))
        return False
    return True


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Say which options cannot go together, then check."""
    import gc

    gc.disable()  # until all is imported: that makes many objects and no garbage
    for name in ("diff", "ddl", "unsafe_fixes", "with_migrations"):
        if getattr(options, name) and not options.fix:
            option = "--" + name.replace("_", "-")
            parser.error(f"{option} is about what --fix does: write `--fix {option}`")
    if options.diff and options.format != "text":
        parser.error(f"--diff writes a diff, so it cannot go with `--format {options.format}`")
    if options.diff and options.statistics:
        parser.error("--diff writes a diff, so it cannot go with --statistics")
    if options.statistics and options.format not in ("text", "json"):
        parser.error("--statistics can be written as text or as json")
    if options.validity and (options.select is not None or options.extend_select or options.ignore):
        parser.error("--validity runs no rules, so it cannot go with a choice of rules")
    stdin = "-" in options.paths
    if stdin and (options.fix or options.watch):
        parser.error("`-` is standard input, which can be neither fixed nor watched")
    if options.stdin_filename is not None and not stdin:
        parser.error("--stdin-filename names standard input: write `-` as the path")
    if options.output_file == "":
        parser.error("--output-file needs the name of a file")
    if options.watch and (options.fix or options.output_file is not None):
        parser.error("--watch only reports: it goes neither with --fix nor with --output-file")
    if options.update_baseline and options.baseline is None:
        parser.error("--update-baseline needs to know the file: write `--baseline FILE`")
    if options.update_baseline and (options.changed or options.watch or options.diff):
        parser.error("--update-baseline records all findings of the files on disk, once")
    narrowed = options.select is not None or options.extend_select or options.ignore or options.validity
    if options.update_baseline and narrowed:
        parser.error("--update-baseline records the findings of all rules, so choose none")
    if options.base is not None and not options.changed:
        parser.error("--base says what --changed compares with: write `--changed --base REF`")
    if options.changed and (options.fix or stdin):
        parser.error("--changed is about reports on files: it goes neither with --fix nor with `-`")
    if options.base is None:
        options.base = "HEAD"
    from prisma_lsp import check

    values = vars(options)
    request = check.Request(**{name: values[name] for name in check.Request._fields})
    return check.main(request)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


_number.__name__ = "number"


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="prisma-lsp",
        description="Checks Prisma schemas for good database design.",
        epilog=_EXAMPLES,
        formatter_class=raw,
    )
    parser.add_argument("--version", action="version", version=f"prisma-lsp {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_check(
        commands.add_parser(
            "check",
            help="check schemas and report what is found",
            description="Checks schemas and reports what is found.",
            epilog=_CHECK_EXAMPLES,
            formatter_class=raw,
        )
    )
    _add_format(
        commands.add_parser(
            "format",
            help="lay schemas out as Prisma's formatter does",
            description="Lays schemas out as Prisma's formatter does.\n"
            "Where a schema has errors only its white space is changed.",
            epilog=_FORMAT_EXAMPLES,
            formatter_class=raw,
        )
    )
    _add_init(
        commands.add_parser(
            "init",
            help="write settings that fit the project as it is",
            description="Looks at the conventions that a schema follows and writes a prisma-lsp.toml\n"
            "that fits it. A .prismalintrc beside it is translated.",
            epilog=_INIT_EXAMPLES,
            formatter_class=raw,
        )
    )
    explain = commands.add_parser(
        "explain",
        help="show the page of a rule",
        description="Shows why a rule exists, examples, its fixes and its options.",
        epilog=_EXPLAIN_EXAMPLES,
        formatter_class=raw,
    )
    explain.add_argument("rule", metavar="RULE", help="the rule's name: missing-fk-index")

    rules = commands.add_parser(
        "rules",
        help="list all rules",
        description="Lists all rules with their default level.",
        epilog=_RULES_EXAMPLES,
        formatter_class=raw,
    )

    completions = commands.add_parser(
        "completions",
        help="write the completions for a shell",
        description="Writes what a shell needs to complete commands, options and rules.",
        epilog=_COMPLETIONS_EXAMPLES,
        formatter_class=raw,
    )
    completions.add_argument("shell", choices=["bash", "zsh", "fish"], help="bash, zsh or fish")

    serve = commands.add_parser(
        "serve",
        help="run the language server",
        description="Runs the language server, for an editor to start.",
        epilog=_SERVE_EXAMPLES,
        formatter_class=raw,
    )
    for command in (commands.choices["check"], commands.choices["init"], explain, rules, serve):
        command.add_argument(
            "--plugin",
            action="append",
            default=[],
            metavar="NAME",
            help="load the rules of this installed package; may be given several times",
        )
    way = serve.add_mutually_exclusive_group()
    way.add_argument(
        "--stdio", action="store_true", help="speak over standard input and output (the default)"
    )
    way.add_argument(
        "--tcp",
        metavar="[ADDRESS:]PORT",
        help="speak to the first client that connects; without an address only to this machine",
    )
    return parser


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a .prisma file, a folder to find schemas in (default: the working directory), or `-`"
        " for standard input",
    )
    parser.add_argument(
        "--stdin-filename",
        metavar="FILE",
        help="the file that standard input stands for: it is read with the rest of its schema",
    )


def _add_check(check: argparse.ArgumentParser) -> None:
    _add_paths(check)
    rules = check.add_argument_group("which rules")
    rules.add_argument(
        "--select",
        type=_names,
        metavar="RULES",
        help="run these and no others: rules, groups or presets, with commas between",
    )
    rules.add_argument(
        "--extend-select", type=_names, default=(), metavar="RULES", help="run these as well"
    )
    rules.add_argument("--ignore", type=_names, default=(), metavar="RULES", help="leave these out")
    rules.add_argument(
        "--validity", action="store_true", help="report only what Prisma itself rejects or warns of"
    )
    new = check.add_argument_group("only what is new")
    new.add_argument(
        "--baseline", metavar="FILE", help="do not report the findings that this file knows"
    )
    new.add_argument(
        "--update-baseline", action="store_true", help="write what is found now into that file"
    )
    new.add_argument(
        "--changed",
        action="store_true",
        help="report only findings on lines that changed, as git knows them",
    )
    new.add_argument(
        "--base",
        metavar="REF",
        help="with --changed: since this branch left REF (default: HEAD, what is not committed)",
    )
    fixes = check.add_argument_group("fixes")
    fixes.add_argument(
        "--fix",
        action="store_true",
        help="make the fixes that change the schema's text and never the database (class T)",
    )
    fixes.add_argument(
        "--ddl",
        action="store_true",
        help="with --fix: also those that need a migration that can be undone (class R)",
    )
    fixes.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix: all of them, also those whose migration rewrites or loses data (class D)",
    )
    fixes.add_argument(
        "--with-migrations",
        action="store_true",
        help="with --fix: also those that a migration can make in place, which is written beside"
        " the others (PostgreSQL); with --unsafe-fixes also where it rewrites values",
    )
    fixes.add_argument(
        "--diff", action="store_true", help="with --fix: show the fixes as a diff, write nothing"
    )
    output = check.add_argument_group("output")
    output.add_argument(
        "--format",
        choices=_FORMATS,
        default="text",
        metavar="FORM",
        help=f"how to write the findings: {', '.join(_FORMATS[:-1])} or {_FORMATS[-1]} (default: text)",
    )
    output.add_argument(
        "--output-file", metavar="FILE", help="write the report into this file, whole or not at all"
    )
    output.add_argument(
        "--statistics", action="store_true", help="only how many findings each rule has"
    )
    output.add_argument(
        "--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C"
    )
    code = check.add_argument_group("exit code")
    code.add_argument(
        "--fail-on",
        choices=_SEVERITIES,
        metavar="SEVERITY",
        help="the least severity that makes the exit code 1: error, warning, info or hint"
        " (default: warning)",
    )
    code.add_argument(
        "--max-warnings",
        type=_number,
        metavar="NUMBER",
        help="how many warnings are no failure; errors are",
    )
    code.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is found")


def _add_init(init: argparse.ArgumentParser) -> None:
    init.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="the folder to write the settings into, with its schemas (default: the working directory)",
    )
    init.add_argument(
        "--baseline",
        action="store_true",
        help="also record today's findings in prisma-lsp-baseline.json, for check --baseline",
    )
    init.add_argument(
        "--add-ignores",
        action="store_true",
        help="also write a comment into the schema above everything that is found today",
    )
    init.add_argument("--force", action="store_true", help="replace a prisma-lsp.toml")


def _add_format(layout: argparse.ArgumentParser) -> None:
    _add_paths(layout)
    layout.add_argument(
        "--check", action="store_true", help="list the files that would change, write nothing"
    )
    layout.add_argument(
        "--diff", action="store_true", help="show what would change, write nothing"
    )


if __name__ == "__main__":
    run()
