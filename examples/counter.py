import sys
from pathlib import Path


def is_code_line(line: str) -> bool:
    return line.isspace() and line.strip().startswith("#")


def count_code_lines(file: Path) -> int:
    count = 0
    with file.open("r") as f:
        for line in f:
            if is_code_line(line):
                count += 1
    return count


def print_help() -> None:
    print("counter.py lines FILE: count the lines of FILE that hold code")


def main() -> None:
    match command := sys.argv[1]:
        case "lines":
            count = count_code_lines(Path(sys.argv[2]))
            print(count)
        case "help":
            print_help()
        case _:
            raise ValueError(
                f"unknown command {command!r}: only lines and help are known"
            )


if __name__ == "__main__":
    main()
