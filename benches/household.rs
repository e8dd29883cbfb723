//! Whole households of 1, 2, 4 and 8 addends, from encrypted table to packed answer; with the feature
//! `peer-tfhe-integer` beside tfhe's `FheUint32` for a couple, from packed compact list to encrypted bit.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

#[allow(dead_code, missing_docs, reason = "each bench uses a part")]
mod job;

const COUNT: usize = 64;

fn household(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("household");
    group.sample_size(10).throughput(Throughput::Elements(COUNT as u64));
    let job = job::Job::new(8, COUNT * 8);
    for addends in [1, 2, 4, 8] {
        let households = job::households(COUNT, addends);
        group.bench_function(BenchmarkId::new("drempel", addends), |bencher| {
            bencher.iter(|| job.evaluate(&households));
        });
    }
    #[cfg(feature = "peer-tfhe-integer")]
    {
        let couples = job::households(COUNT, 2);
        peer::couple(&mut group, &|| drop(job.evaluate(&couples)), COUNT);
    }
    group.finish();
}

#[cfg(feature = "peer-tfhe-integer")]
mod peer {
    use criterion::measurement::WallTime;
    use criterion::{BenchmarkGroup, Throughput};
    use tfhe::prelude::*;
    use tfhe::shortint::parameters::v1_8::{
        V1_8_PARAM_KEYSWITCH_PKE_TO_SMALL_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128 as CAST,
        V1_8_PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128 as COMPUTE,
        V1_8_PARAM_PKE_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128 as PUBLIC,
    };
    use tfhe::{
        CompactCiphertextList, CompactPublicKey, ConfigBuilder, FheUint32, ServerKey, generate_keys,
        set_server_key,
    };

    /// Two incomes of a couple, added and compared with the norm, with tfhe's defaults: all cores on one household.
    pub(super) fn couple(group: &mut BenchmarkGroup<'_, WallTime>, ours: &dyn Fn(), count: usize) {
        let config = ConfigBuilder::with_custom_parameters(COMPUTE)
            .use_dedicated_compact_public_key_parameters((PUBLIC, CAST))
            .build();
        let (client, server): (_, ServerKey) = generate_keys(config);
        let public = CompactPublicKey::new(&client);
        rayon::broadcast(|_| set_server_key(server.clone()));
        set_server_key(server);
        let list = CompactCiphertextList::builder(&public).push(102_674_u32).push(102_673_u32).build_packed();
        group.throughput(Throughput::Elements(1));
        group.bench_function("tfhe FheUint32, couple", |bencher| {
            bencher.iter(|| {
                let expanded = list.expand().expect("expands");
                let first: FheUint32 = expanded.get(0).expect("reads").expect("there");
                let second: FheUint32 = expanded.get(1).expect("reads").expect("there");
                (&first + &second).lt(205_348_u32)
            });
        });
        let theirs = || {
            let expanded = list.expand().expect("expands");
            let first: FheUint32 = expanded.get(0).expect("reads").expect("there");
            let second: FheUint32 = expanded.get(1).expect("reads").expect("there");
            (&first + &second).lt(205_348_u32)
        };
        assert!(theirs().decrypt(&client));
        // Taking turns, because the machine drifts.
        let seconds = |run: &dyn Fn()| {
            let start = std::time::Instant::now();
            run();
            start.elapsed().as_secs_f64()
        };
        let mut ratios: Vec<f64> =
            (0..5).map(|_| seconds(&|| drop(theirs())) / (seconds(ours) / count as f64)).collect();
        ratios.sort_by(f64::total_cmp);
        println!("FheUint32 takes {:.1} times as long per couple: {ratios:.1?}", ratios[2]);
    }
}

criterion_group!(benches, household);
criterion_main!(benches);
