# Who has signed; see `drempel agreement verify`.
agreement = "efd539f8b13989b5c21a960f806875a566af24b259e3ac11eb21f04b16312527"

[[signature]]
party = "UWV"
signature = "e3b58e77b71b61bd80af7cfe3b44fe3afd8b550e01a9620610c1619c646b3c92cb45760d3c1a5e912c5b11c63743724fa9c4372de57ba0dc1cd2e6758dcc1805"

[[signature]]
party = "computing-centre"
signature = "d8b4dff2f5cc941f2cad89248453572a977050a9c36bdfa48484659866864329414eefbf1b5fffe523ca09c67403e0096a7d47265046fa5a50504ca7820e9e05"

[[signature]]
party = "SVB"
signature = "7c0afff6d43cec3d8fd453687d63da72f1c96e17b137d6cea77f4bf06a76b9cbb63890fcb7a54ea3a652511337d221dbbe4065ad9a1b55da1c56f5aa16e1470b"
