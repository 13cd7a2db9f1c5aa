import logging  # @first
import unittest

# In the debug mode that such tests run in, asyncio reports slow callbacks: a stop makes one.
logging.getLogger("asyncio").setLevel(logging.ERROR)


class Fetching(unittest.IsolatedAsyncioTestCase):
    async def test_page(self):
        page = "page"
        try:
            raise ValueError(page)  # @raise
        finally:
            print("finally")

    def test_parts(self):
        for part in range(2):
            with self.subTest(part=part):
                self.assertEqual(part, 0)  # @part


unittest.main()
