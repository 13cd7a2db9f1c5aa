import a  # @first
import b

print(a.work(1), b.work(2), a.work(3))
