def f(x, y=0):  # @first
    return x + y


class Chain:
    def link(self):
        return self


chain = Chain()
values = [1, 2]
total = f(f(1), f(2)); chain.link().link(); last = f(3)  # @calls
double = lambda n: f(n) * 2  # @lambda
print(double(1), [f(v) for v in values if f(v)])  # @comprehension
for value in values: f(value)  # @for
while values: values.pop()  # @while
print(sum(f(v) for v in [1, 2]), "ä", f(4))  # @generator
try: f(5)  # @try
finally: f(6); f(7)  # @finally
with open(__file__, "rb", 0) as file: f(8)  # @with
