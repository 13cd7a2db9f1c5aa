import part
from flask import Flask

app = Flask(__name__)


@app.get("/version")
def version():
    return part.VERSION


@app.get("/hello/<name>")
def hello(name):
    return name + part.VERSION  # @flask
