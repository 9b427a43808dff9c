"""Checks answers against an OpenAPI 3.1 document. Knows the part of JSON Schema that ours use, and refuses the rest."""
import re

KNOWN = {"type", "properties", "required", "additionalProperties", "items", "enum", "pattern", "anyOf", "$ref", "description", "maxLength", "minimum", "maximum"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


class Mismatch(Exception):
    pass


class Description:
    def __init__(self, document):
        self.document = document
        self.schemas = document["components"]["schemas"]

    def routes(self):
        return {f"{method.upper()} {path}" for path, methods in self.document["paths"].items() for method in methods}

    def route_of(self, method, path):
        """The operation that a request reaches: a path without parameters before one with."""
        path = path.partition("?")[0]
        for template in sorted(self.document["paths"], key=lambda t: t.count("{")):
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in self.document["paths"][template]:
                return self.document["paths"][template][method.lower()]
        raise Mismatch(f"{method} {path} is not described")

    def check_answer(self, method, path, status, kind, answer):
        responses = self.route_of(method, path)["responses"]
        response = responses.get(str(status)) or (responses["default"] if status >= 400 else None)
        if response is None:
            raise Mismatch(f"{method} {path} answers {status}, which is not described")
        if status == 304:
            return
        kind = kind.partition(";")[0]
        if kind not in response["content"]:
            raise Mismatch(f"{method} {path} answers with {kind}, not with {' or '.join(response['content'])}")
        if kind.endswith("json"):
            self.check(response["content"][kind]["schema"], answer, f"{method} {path} {status}: ")

    def check(self, schema, value, where):
        if unknown := set(schema) - KNOWN:
            raise Mismatch(f"{where}the schema uses {unknown}")
        if "$ref" in schema:
            return self.check(self.schemas[schema["$ref"].rpartition("/")[2]], value, where)
        if "anyOf" in schema:
            return self.check_any(schema["anyOf"], value, where)
        self.check_type(schema, value, where)
        if "enum" in schema and value not in schema["enum"]:
            raise Mismatch(f"{where}{value!r} is none of {schema['enum']}")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            raise Mismatch(f"{where}{value!r} does not match {schema['pattern']}")
        if isinstance(value, dict):
            self.check_object(schema, value, where)
        if isinstance(value, list):
            for number, item in enumerate(value):
                self.check(schema.get("items", {}), item, f"{where}{number}.")
        return None

    def check_any(self, schemas, value, where):
        wrong = []
        for schema in schemas:
            try:
                return self.check(schema, value, where)
            except Mismatch as mismatch:
                wrong.append(str(mismatch))
        raise Mismatch("; ".join(wrong))

    @staticmethod
    def check_type(schema, value, where):
        names = schema.get("type", list(TYPES))
        for name in [names] if isinstance(names, str) else names:
            if isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool)):
                return
        raise Mismatch(f"{where}{str(value)[:100]!r} is not of type {names}")

    def check_object(self, schema, value, where):
        for name in schema.get("required", []):
            if name not in value:
                raise Mismatch(f"{where}{name} is missing")
        others = schema.get("additionalProperties", True)
        for name, member in value.items():
            inner = schema.get("properties", {}).get(name, others)
            if inner is False:
                raise Mismatch(f"{where}{name} is not described")
            if inner is not True:
                self.check(inner, member, f"{where}{name}.")
