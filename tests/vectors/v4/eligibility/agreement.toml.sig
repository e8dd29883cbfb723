# Who has signed; see `drempel agreement verify`.
agreement = "a82e701f4b12b3b47256b36a465c1d987e9f78625de0eb088ef62415d8a97e50"

[[signature]]
party = "UWV"
signature = "d0eed2d1cc234344f55bbdab195b39d15934621a727bcf6b1de05505f2164a25312a86d7f83bd03244fc5b02ec252729baae0c3b5fa13dd1b01e0b10e060bf0f"

[[signature]]
party = "computing-centre"
signature = "60a4703ec1ed2a4574351b4401ff2ca98eef52c160b1869836c315dae2f1308e7ba306fefcbb29687addec4e1172df67cd8bb8156df6a338a0c26de0cb270b0b"

[[signature]]
party = "SVB"
signature = "ffd4657ce476f3da243148672db9f7efc166bdc3cb6bd18577fd35cadbccf71b56e87cdd9f75276ffb11cd9c564ed5f07a57d3ce51dcad6f18fbfe92abc02b0e"
