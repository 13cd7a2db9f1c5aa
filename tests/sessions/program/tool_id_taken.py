print("program")
