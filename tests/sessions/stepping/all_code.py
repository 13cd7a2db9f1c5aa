import textwrap  # @first

text = textwrap.dedent("  a")  # @dedent
print(text)  # @print
