"""Lets editors attach, and says which of them it saw."""

import pausa

place = pausa.listen(0)
print(*place, flush=True)
print("connected", pausa.is_client_connected())
pausa.breakpoint()
breakpoint()
print("nobody came", flush=True)
for visit in range(3):
    pausa.wait_for_client()
    print("visit", visit, pausa.is_client_connected())
    pausa.breakpoint()  # @breakpoint
    visited = visit  # @after
print("done")
