# SPDX-License-Identifier: AGPL-3.0-or-later
"""A newer aidmesh on its way to a node: handed over at the command line, on the page and by a neighbour, kept whole for who installs it,
and what people hear of it. Root's side is test_upgrade_root.py's; here the test writes its answers."""

import http.client
import os
import threading
import unittest

from nodes import Node, Refused, free_port, trust, work_folder

FILE = bytes(range(256)) * 4000


class Upgrade(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.file = os.path.join(self.base, "aidmesh.upgrade")
        with open(self.file, "wb") as file:
            file.write(FILE)

    def node(self, name, with_root=True, **how):
        """`root`: where root's side leaves its answer, and the file of what runs."""
        node = Node(name, self.base, **how)
        node.root = os.path.join(self.base, name + "-root")
        node.incoming = os.path.join(node.folder, "upgrade", "incoming")
        if with_root:
            os.mkdir(node.root)
        os.environ["AIDMESH_UPGRADE"] = os.environ["AIDMESH_UPGRADE_KEYS"] = node.root
        return node.start()

    def answer(self, node, line):
        """Root's side, as far as the node can see it."""
        with open(os.path.join(node.root, "answer.new"), "w", encoding="ascii") as file:
            file.write(line + "\n")
        os.rename(os.path.join(node.root, "answer.new"), os.path.join(node.root, "answer"))
        if os.path.exists(node.incoming):
            os.unlink(node.incoming)

    def when_it_is_there(self, node, line):
        taken = []

        def root():
            while not os.path.exists(node.incoming):
                pass
            with open(node.incoming, "rb") as file:
                taken.append(file.read())
            self.answer(node, line)

        thread = threading.Thread(target=root)
        thread.start()
        return thread, taken

    def test_a_file_is_kept_whole_and_what_became_of_it_is_said(self):
        oak = self.node("Oak")
        # Before anybody carries a file here: what it would be refused for.
        self.assertIn("Put a public key of minisign into", oak.cli("upgrade"))
        with open(os.path.join(oak.root, "ours.pub"), "w", encoding="ascii") as file:
            file.write("untrusted comment: a key\n")
        self.assertIn("No upgrade was handed", oak.cli("upgrade"))
        for line, code, says in (("installed installed 9.9.9+1", 0, "9.9.9+1 is installed"),
                                 ("refused not-signed -", 1, "None of the keys"), ("refused no-keys -", 1, "minisign"),
                                 ("refused older 0.1.0+2", 1, "no newer than what runs here, 0.1.0+2"),
                                 ("refused arch s390x", 1, "another kind, s390x"), ("refused suite sid", 1, "Debian, sid"),
                                 ("refused other -", 1, "no upgrade file"), ("refused came-back -", 1, "as it was before"),
                                 ("refused failed -", 1, "journalctl"), ("refused what-is-this -", 1, "journalctl")):
            thread, taken = self.when_it_is_there(oak, line)
            self.assertIn(says, oak.cli("upgrade", self.file, expect=code))
            thread.join()
            self.assertEqual(taken, [FILE])
            self.assertIn(says, oak.cli("upgrade"))

    def test_one_after_the_other_and_none_where_nothing_installs(self):
        oak = self.node("Oak")
        oak.request("POST", "/v1/upgrade", FILE, "application/octet-stream")
        self.assertEqual(oak.get("/v1/upgrade")["state"], "waiting")
        with self.assertRaises(Refused) as caught:
            oak.request("POST", "/v1/upgrade", b"another", "application/octet-stream")
        self.assertEqual(caught.exception.args[0], 503)
        with open(oak.incoming, "rb") as file:
            self.assertEqual(file.read(), FILE)
        elm = self.node("Elm", with_root=False)
        self.assertIn("apt install", elm.cli_error("upgrade", self.file, code=1))
        self.assertFalse(os.path.exists(elm.incoming))
        self.assertIn("apt install", elm.get("/v1/upgrade")["sentence"])

    def test_on_the_network_the_pin_is_wanted_to_hand_one_over_and_none_to_fetch(self):
        port = free_port()
        oak = self.node("Oak", settings=[f"control.listen=127.0.0.1:{port}"])
        with open(os.path.join(oak.root, "current.upgrade"), "wb") as file:
            file.write(FILE)

        def ask(method, path, body=None, **headers):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            return answer.status, data

        kind = {"Content-Type": "application/octet-stream"}
        self.assertEqual(ask("POST", "/v1/upgrade", FILE, **kind)[0], 403)
        self.assertFalse(os.path.exists(oak.incoming))
        self.assertEqual(ask("GET", "/v1/upgrade/file"), (200, FILE))
        self.assertEqual(ask("POST", "/v1/upgrade", FILE, **kind, **{"Aidmesh-Pin": oak.get("/v1/pin")["pin"]})[0], 200)
        self.assertTrue(os.path.exists(oak.incoming))

    def test_what_a_trusted_neighbour_runs_is_fetched_and_a_strangers_is_not(self):
        port = free_port()
        elm = self.node("Elm", settings=[f"control.listen=127.0.0.1:{port}"])
        oak = self.node("Oak")
        oak.stop()
        oak.dials = [f"127.0.0.1:{elm.link_port}"]
        oak.start()
        oak.wait_safe()
        way = ("upgrade", "--from", "Elm", "--port", str(port))
        self.assertIn("stranger", oak.cli_error(*way, code=1))
        self.assertIn("not in reach", oak.cli_error("upgrade", "--from", "Ash", code=1))
        trust(oak, elm)
        self.assertIn("no upgrade file", oak.cli_error(*way, code=1))
        with open(os.path.join(elm.root, "current.upgrade"), "wb") as file:
            file.write(FILE)
        thread, taken = self.when_it_is_there(oak, "installed installed 9.9.9+1")
        self.assertIn("9.9.9+1 is installed", oak.cli(*way))
        thread.join()
        self.assertEqual(taken, [FILE])


if __name__ == "__main__":
    unittest.main()
