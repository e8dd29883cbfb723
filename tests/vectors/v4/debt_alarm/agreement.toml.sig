# Who has signed; see `drempel agreement verify`.
agreement = "c4de51fb62467fd1aced3a5baadc1a7c771dba51bf7c4189cd3c922992264c5b"

[[signature]]
party = "UWV"
signature = "96336f191b66852e9ca874a31f4ebf7d16e29361ee916d3367e97a64cd1d92b9ffc82158ef503a6b2724181be6c5eef8fdcaf795a01e8e187506602fbb24f309"

[[signature]]
party = "computing-centre"
signature = "2d299c7689d9b1b66cecf5531f06f6bf4f97bd6f7f6aca7a20b247a20e2446189fe2a25d1c73719ca98e46f63478a9a4a88018df79502ec8bb770afc88d91e04"

[[signature]]
party = "SVB"
signature = "4d195b1b8c3a7a7b6f3744832929471d21d66ae638079f1cc8cdf780403caa969da1d53079972d53ee41f59a64b406edca194e5090032aba3e299a36c08f460b"

[[signature]]
party = "municipality"
signature = "222ca354a297af71a7555b0c54d7096f431099377592ae0dec9badadaba44edc0150cc9e2f577d3d1df9cf4e9a2e58937a9a34a9f5d98b9ec2ceb5eea0533305"
