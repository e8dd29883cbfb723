# Who has signed; see `drempel agreement verify`.
agreement = "d59b9b48a3589c795ef1de7ab13f58991023bbeb8cbb7aaf7e974b10dd473f74"

[[signature]]
party = "UWV"
signature = "5032c4c426b15b6157a2e6de9e738fcbf6ebb0a1bdb13c882eaf08f76314275aa90228ed2c05aa5851872145d578275c504893cf041d56c41c0562b2d9282302"

[[signature]]
party = "computing-centre"
signature = "45d67d68a25187e6afb7cf3058e47ea8d4b6ca949ed1457cecde761b681b421012c243b60bca2bdecc0ce932e3c7ad68a401b6b293ed077c02d12a26346df50f"

[[signature]]
party = "SVB"
signature = "76b977b9736f360c24ceee4bd549a1d0945b5aca48554d05516fb08c2572ceea5663588f4f5377da5ef67ed16a14c6bddf18d3ae6d50d58d1c60f1c3742ab609"

[[signature]]
party = "municipality"
signature = "6e1c5730ca719394fdb6a58ead9cefaa5738986314e8ea50bd1248894ee9ce47a94aad6b724e5af7ee23132df2cc73d7f3310dfd46a6dad8a82a4369f558e80c"
