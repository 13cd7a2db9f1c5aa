import tool  # @main

print(tool.run(3))
