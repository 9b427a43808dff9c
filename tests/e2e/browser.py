"""What a browser does, as far as the loopback API can tell: cookies, Origin, the fetch headers, server-sent events."""
import http.client
import json
import re
import socket


class Browser:
    """A page that `wardsync page` has opened. `headers` of a call replace those that a browser would send; None leaves one out."""

    def __init__(self, url, log_in=True):
        found = re.fullmatch(r"http://(127\.0\.0\.1):(\d+)/#code=([0-9a-f]{32})\n?", url)
        if not found:
            raise ValueError(f"not an address of a page: {url!r}")
        self.host, self.port, self.code = found[1], int(found[2]), found[3]
        self.origin = f"http://{self.host}:{self.port}"
        self.cookie = self.csrf = None
        if log_in:
            status, answer, headers = self.exchange("POST", "/v1/session", {"code": self.code})
            if status != 200:
                raise ValueError(f"no session: {status} {answer}")
            self.csrf = answer["csrf"]
            self.cookie = headers["set-cookie"].split(";")[0]

    def exchange(self, method, path, body=None, headers=None):
        """(status, answer, headers): the answer decoded when it is JSON, as bytes otherwise."""
        sent = {"Host": f"{self.host}:{self.port}", "Sec-Fetch-Site": "same-origin"}
        if method != "GET":
            sent["Origin"] = self.origin
        if self.cookie:
            sent["Cookie"] = self.cookie
            if method != "GET":
                sent["X-CSRF-Token"] = self.csrf
        sent = {name: value for name, value in {**sent, **(headers or {})}.items() if value is not None}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            payload = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
            for name, value in {**sent, "Content-Length": str(len(payload))}.items():
                connection.putheader(name, value)
            connection.endheaders(payload)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        received = {name.lower(): value for name, value in response.getheaders()}
        return response.status, json.loads(answer) if "json" in received.get("content-type", "") else answer, received


class Events:
    """One stream of events over a Unix socket; each event is (id, name, data)."""

    def __init__(self, socket_path, after=None):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(str(socket_path))
        resume = f"Last-Event-ID: {after}\r\n" if after else ""
        self.socket.sendall(f"GET /v1/events HTTP/1.1\r\nHost: x\r\n{resume}\r\n".encode())
        self.unread = b""
        head = self.until(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head)

    def until(self, mark):
        while mark not in self.unread:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.unread += more
        out, self.unread = self.unread.split(mark, 1)
        return out

    def next(self):
        while True:
            lines = self.until(b"\n\n").decode().splitlines()
            found = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
            if found:
                return found["id"], found["event"], json.loads(found["data"])

    def wait_for(self, name):
        while True:
            event = self.next()
            if event[1] == name:
                return event

    def close(self):
        self.socket.close()
