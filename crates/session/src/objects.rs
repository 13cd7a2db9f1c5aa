//! `pausa/instances`, `pausa/referrers`, `pausa/size`. Called by `Session::handle`.
//!
//! Invariant: many are paged, and an answer costs what it lists beyond the search itself.

use pausa_dap::extensions::{self, Object};
use pausa_dap::server::Incoming;
use pausa_engine::objects::Range;
use pausa_engine::port::{FrameId, Value};

use crate::client::count;
use crate::{Session, refused};

impl Session {
    pub(crate) fn instances(&self, request: &Incoming) {
        self.ask_long::<extensions::Instances>(request, |commands, arguments, _| {
            let range = Range { start: count("start", arguments.start)?, count: count("count", arguments.count)? };
            let frame = arguments.frame_id.map(FrameId);
            let found = commands.instances(frame, &arguments.expression, arguments.only, range).map_err(refused)?;
            let instances = found.listed.into_iter().map(object).collect();
            Ok(extensions::InstancesResponse { instances, total: number(found.total) })
        });
    }

    pub(crate) fn referrers(&self, request: &Incoming) {
        self.ask_long::<extensions::Referrers>(request, |commands, arguments, _| {
            let range = Range { start: count("start", arguments.start)?, count: count("count", arguments.count)? };
            let frame = arguments.frame_id.map(FrameId);
            let found = commands.referrers(frame, &arguments.expression, range).map_err(refused)?;
            let referrers = found.listed.into_iter();
            let referrers =
                referrers.map(|own| extensions::Referrer { how: own.how, holder: own.holder.map(object) }).collect();
            Ok(extensions::ReferrersResponse { referrers, total: number(found.total) })
        });
    }

    pub(crate) fn size(&self, request: &Incoming) {
        self.ask_long::<extensions::Size>(request, |commands, arguments, _| {
            let frame = arguments.frame_id.map(FrameId);
            let size = commands.size_of(frame, &arguments.expression, arguments.deep).map_err(refused)?;
            let (own, reachable) = (number(size.own), size.reachable.map(number));
            Ok(extensions::SizeResponse { own, reachable, objects: number(size.objects) })
        });
    }
}

fn object(value: Value) -> Object {
    let variables_reference = value.handle.map_or(0, |handle| handle.0);
    Object { value: value.text, r#type: value.type_name, variables_reference }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
