"""The nouns: one SQLModel per table, plain data, no relationships, in one module per subject.

Instants end in `_at` and are UTC. Fields of type Encrypted… are personal data. A status, a role
or a level is one of the words in the tuple above its class. A command imports only the subjects it
speaks of: declaring all tables takes a quarter of a second.
"""
