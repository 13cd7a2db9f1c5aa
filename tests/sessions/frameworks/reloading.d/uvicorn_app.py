import part


async def app(scope, receive, send):
    name = scope["path"].removeprefix("/hello/")
    text = part.VERSION
    if name != "/version":
        text = name + text  # @uvicorn
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})
