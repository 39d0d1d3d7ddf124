"""``prisma-lsp completions``: what a shell offers when the user presses the tab key.

Everything is read from the parser of the command line, so an option is written down once.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NamedTuple

SHELLS = ("bash", "zsh", "fish")


class _Option(NamedTuple):
    names: tuple[str, ...]
    help: str
    takes: str
    """"" (nothing), "file", "rule", or "word"."""
    choices: tuple[str, ...]


class _Command(NamedTuple):
    name: str
    help: str
    options: tuple[_Option, ...]
    takes: str
    choices: tuple[str, ...]


def script(shell: str, parser: argparse.ArgumentParser) -> str:
    """The script for ``shell`` to read at its start."""
    commands = list(_commands(parser))
    match shell:
        case "bash":
            return _bash(commands)
        case "zsh":
            return _zsh(commands)
        case _:
            return _fish(commands)


def _commands(parser: argparse.ArgumentParser) -> Iterator[_Command]:
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, sub in action.choices.items():
            options = []
            takes = ""
            choices: tuple[str, ...] = ()
            for one in sub._actions:
                if one.option_strings:
                    options.append(
                        _Option(
                            tuple(one.option_strings), one.help or "", _takes(one), _words(one)
                        )
                    )
                else:
                    takes, choices = _takes(one), _words(one)
            yield _Command(name, helps[name], tuple(options), takes, choices)


def _takes(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.metavar in ("PATH", "FILE"):
        return "file"
    return "rule" if action.metavar in ("RULE", "RULES") else "word"


def _words(action: argparse.Action) -> tuple[str, ...]:
    return tuple(map(str, action.choices or ()))


def _rules() -> list[str]:
    from prisma_lsp.lint.rule import PRESETS, all_rules

    rules = all_rules()
    return sorted({rule.name for rule in rules} | {rule.group for rule in rules} | set(PRESETS))


def _bash(commands: list[_Command]) -> str:
    cases: list[str] = []
    values: list[str] = []
    for command in commands:
        names = " ".join(name for option in command.options for name in option.names)
        words = " ".join(command.choices)
        if command.takes == "rule":
            words = "$rules"
        files = ' COMPREPLY+=($(compgen -f -- "$word"))' if command.takes == "file" else ""
        cases.append(
            f'    {command.name}) COMPREPLY=($(compgen -W "{names} {words}" -- "$word"));{files} ;;'
        )
        for option in command.options:
            pattern = f"    {'|'.join(f'{command.name}:{name}' for name in option.names)})"
            if option.choices:
                values.append(f'{pattern} COMPREPLY=($(compgen -W "{" ".join(option.choices)}" -- "$word")); return ;;')
            elif option.takes == "rule":
                values.append(f'{pattern} COMPREPLY=($(compgen -W "$rules" -- "$word")); return ;;')
            elif option.takes == "file":
                values.append(f'{pattern} COMPREPLY=($(compgen -f -- "$word")); return ;;')
            elif option.takes:
                values.append(f"{pattern} return ;;")
    every = " ".join(command.name for command in commands)
    return "\n".join(
        [
            "# Put into ~/.bashrc: eval \"$(prisma-lsp completions bash)\"",
            "_prisma_lsp() {",
            f'  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" rules="{" ".join(_rules())}"',
            "  COMPREPLY=()",
            '  if [ "$COMP_CWORD" -le 1 ]; then',
            f'    COMPREPLY=($(compgen -W "{every} --help --version" -- "$word"))',
            "    return",
            "  fi",
            '  case "${COMP_WORDS[1]}:$before" in',
            *values,
            "  esac",
            '  case "${COMP_WORDS[1]}" in',
            *cases,
            "  esac",
            "}",
            "complete -o filenames -F _prisma_lsp prisma-lsp",
            "",
        ]
    )


def _zsh(commands: list[_Command]) -> str:
    lines = [
        "#compdef prisma-lsp",
        "# Put where $fpath finds it: prisma-lsp completions zsh > ~/.zfunc/_prisma-lsp",
        "_prisma_lsp() {",
        f"  local -a rules=({' '.join(_rules())})",
        "  local -a commands=(",
        *(f"    {_quoted(f'{command.name}:{command.help}')}" for command in commands),
        "  )",
        "  if (( CURRENT == 2 )); then",
        "    _describe command commands",
        "    return",
        "  fi",
        "  local command=${words[2]}",
        "  shift words; (( CURRENT-- ))",
        "  case $command in",
    ]
    for command in commands:
        specs = []
        for option in command.options:
            text = option.help.replace("[", "(").replace("]", ")").replace(":", " -")
            value = ""
            if option.takes:
                value = f":value:{_zsh_action(option.takes, option.choices)}"
            specs += [_quoted(f"*{name}[{text}]{value}") for name in option.names]
        if command.takes:
            specs.append(_quoted(f"*:argument:{_zsh_action(command.takes, command.choices)}"))
        lines.append(f"    {command.name}) _arguments {' '.join(specs)} ;;")
    # Found through $fpath, the first tab key runs this file as a function; else it is sourced.
    lines += [
        "  esac",
        "}",
        'if [[ $funcstack[1] == _prisma-lsp ]]; then',
        '  _prisma_lsp "$@"',
        "elif (( $+functions[compdef] )); then",
        "  compdef _prisma_lsp prisma-lsp",
        "fi",
        "",
    ]
    return "\n".join(lines)


def _zsh_action(takes: str, choices: tuple[str, ...]) -> str:
    if choices:
        return f"({' '.join(choices)})"
    return {"file": "_files", "rule": "($rules)"}.get(takes, " ")


def _fish(commands: list[_Command]) -> str:
    lines = [
        "# Put into ~/.config/fish/completions/prisma-lsp.fish",
        "complete -c prisma-lsp -f",
        f"set -g __prisma_lsp_rules {' '.join(_rules())}",
    ]
    for command in commands:
        lines.append(
            f"complete -c prisma-lsp -n __fish_use_subcommand -a {command.name} -d {_quoted(command.help)}"
        )
        here = f"complete -c prisma-lsp -n '__fish_seen_subcommand_from {command.name}'"
        for option in command.options:
            names = " ".join(
                f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
            )
            lines.append(f"{here} {names} -d {_quoted(option.help)}{_fish_value(option.takes, option.choices)}")
        if command.takes == "file":
            lines.append(f"{here} -F")
        elif command.takes == "rule":
            lines.append(f"{here} -a '$__prisma_lsp_rules'")
        elif command.choices:
            lines.append(f"{here} -a {_quoted(' '.join(command.choices))}")
    return "\n".join(lines) + "\n"


def _fish_value(takes: str, choices: tuple[str, ...]) -> str:
    if choices:
        return f" -x -a {_quoted(' '.join(choices))}"
    return {"": "", "file": " -r -F", "rule": " -x -a '$__prisma_lsp_rules'"}.get(takes, " -x")


def _quoted(text: str) -> str:
    """``text`` as one word of a shell, safe in all three."""
    return "'" + text.replace("'", "’").replace("\\", "/") + "'"
