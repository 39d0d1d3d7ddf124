"""The command line: its arguments.  What they do is in `check`, `explain` and the server."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from prisma_lsp import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` name; the result is the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    match options.command:
        case "check":
            if options.diff and not options.fix:
                parser.error("--diff shows what --fix would do: write `--fix --diff`")
            if options.diff and options.format == "json":
                parser.error("--diff writes a diff, so it cannot go with `--format json`")
            from prisma_lsp import check

            return check.main(
                options.paths,
                json=options.format == "json",
                fix=options.fix,
                diff=options.diff,
                fail_on=options.fail_on,
                exit_zero=options.exit_zero,
            )
        case "explain":
            from prisma_lsp import explain

            return explain.explain(options.rule)
        case "rules":
            from prisma_lsp import explain

            return explain.rules()
        case "serve":
            from prisma_lsp.server import server

            return server.main()
        case _:
            parser.print_help(sys.stderr)
            return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="prisma-lsp", description="Checks Prisma schemas for good database design."
    )
    parser.add_argument("--version", action="version", version=f"prisma-lsp {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    check = commands.add_parser(
        "check",
        help="check schemas and report what is found",
        description="Checks schemas and reports what is found.",
        epilog="exit code: 0 nothing found at --fail-on or above, 1 something found, 2 the check"
        " could not be made as asked",
    )
    check.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a .prisma file, or a folder to find schemas in (default: the working directory)",
    )
    check.add_argument(
        "--format",
        choices=["text", "json"],
        default="text",
        help="how to write the findings to standard output (default: text)",
    )
    check.add_argument(
        "--fix",
        action="store_true",
        help="make the fixes that change the schema's text and never the database",
    )
    check.add_argument(
        "--diff", action="store_true", help="with --fix: show the fixes as a diff, write nothing"
    )
    check.add_argument(
        "--fail-on",
        choices=["error", "warning", "info", "hint"],
        default="warning",
        metavar="SEVERITY",
        help="the least severity that makes the exit code 1: error, warning, info or hint"
        " (default: warning)",
    )
    check.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is found")

    explain = commands.add_parser(
        "explain",
        help="show the page of a rule",
        description="Shows why a rule exists, examples, its fixes and its options.",
    )
    explain.add_argument("rule", metavar="RULE", help="the rule's name: missing-fk-index")

    commands.add_parser(
        "rules",
        help="list all rules",
        description="Lists all rules with their default level.",
    )

    serve = commands.add_parser(
        "serve",
        help="run the language server",
        description="Runs the language server, for an editor to start.",
    )
    serve.add_argument("--stdio", action="store_true", help="speak over standard input and output")
    return parser


if __name__ == "__main__":
    sys.exit(main())
