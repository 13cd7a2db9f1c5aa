import json

with open("report.json") as file:
    report = json.load(file)
for function in sorted(report["functions"], key=lambda function: function["line"]):
    places = [(place["line"], place["event"], place["count"]) for place in function["places"]]
    print(function["name"], *sorted(places))
for name, event in sorted(report["events"].items()):
    print(name, event["count"], event["nanoseconds_each"] > 0)
