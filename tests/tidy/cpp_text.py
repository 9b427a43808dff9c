"""As much of C++ as the style rules need: source text without comments, literals and preprocessor lines, and where functions lie."""
import re

LITERAL_OR_COMMENT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?:u8|[uUL])?R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
SCOPE_WITHOUT_CODE = re.compile(r"(?:^|[\s;{}>:])(?:namespace|class|struct|union|enum|extern)\b[^()=]*$")
ASSIGNMENT = re.compile(r"(?<![=!<>+\-*/%&|^])=(?!=)")


def blank(match):
    """Same length in lines; a literal leaves its quotes, so that `f("x")` still has an argument."""
    text = match.group(0)
    kept = "\n" * text.count("\n")
    return kept if text.startswith(("//", "/*")) else '""' + kept


def code_of(source):
    """Line numbers stay as they are."""
    return DIRECTIVE.sub(lambda m: "\n" * m.group(0).count("\n"), LITERAL_OR_COMMENT.sub(blank, source))


def without_brackets(text):
    """Drops everything inside parentheses and square brackets, but keeps the brackets themselves."""
    kept, depth = [], 0
    for char in text:
        if char in ")]":
            depth = max(0, depth - 1)
        if depth == 0:
            kept.append(char)
        if char in "([":
            depth += 1
    return "".join(kept)


def is_function(heading):
    """`heading`: what stands between the end of the statement before and the opening brace."""
    heading = without_brackets(re.sub(r"\boperator\s*[^\s\w(]{1,3}", "operator_", heading))
    return "(" in heading and not ASSIGNMENT.search(heading)


def functions(code):
    """(first line, last line) of every function body at namespace or class scope; what is nested belongs to it."""
    found, open_scopes, start, line, begun = [], [], 0, 1, 0
    depth_in_function, first_line = 0, 0
    for at, char in enumerate(code):
        if char == "\n":
            line += 1
        if depth_in_function:
            depth_in_function += (char == "{") - (char == "}")
            if depth_in_function == 0:
                if begun:
                    found.append((first_line, line))
                start = at + 1
        elif char == "{":
            heading = code[start:at]
            if SCOPE_WITHOUT_CODE.search(without_brackets(re.sub(r"<[^<>]*>", "", heading))):
                open_scopes.append(at)
                start = at + 1
            else:
                depth_in_function, first_line, begun = 1, line, is_function(heading)
        elif char == "}":
            if open_scopes:
                open_scopes.pop()
            start = at + 1
        elif char == ";":
            start = at + 1
    return found


def awaited_calls(code):
    """(line, text) of every co_await expression, up to the end of its statement."""
    for match in re.finditer(r"\bco_await\b", code):
        depth, at = 0, match.end()
        while at < len(code):
            char = code[at]
            if char in "([{":
                depth += 1
            elif char in ")]}":
                depth -= 1
            if depth < 0 or (depth == 0 and char in ";,"):
                break
            at += 1
        yield code.count("\n", 0, match.start()) + 1, code[match.end() : at]
