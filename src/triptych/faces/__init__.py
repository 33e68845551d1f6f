"""Faces: is this the same person, and who is it."""

from typing import TYPE_CHECKING

from ..frame import lazy

if TYPE_CHECKING:
    from .calibration.calibration import Calibration
    from .detection.alignment import align_face
    from .detection.face import Face, FaceDetector
    from .detection.quality import QualityThresholds
    from .detection.template import LandmarkTemplate
    from .detectors import DETECTORS
    from .detectors._build import load_detector
    from .detectors._detector import Detector
    from .detectors.yunet import YuNet
    from .embeddings import Embeddings
    from .embeddings import Embeddings as Encodings
    from .encoders import ENCODERS
    from .encoders._build import load_encoder
    from .encoders._encoder import Encoder
    from .encoders.onnx import OnnxEncoder
    from .exchange.export import export_gallery
    from .exchange.load import ImportResult, import_vectors, open_vectors
    from .gallery.gallery import Gallery, Match
    from .grouping.cluster import cluster
    from .grouping.result import ClusterResult, FaceCluster
    from .metrics.pairs import Pairs
    from .photos.identity_folder import IdentityFolder, load_identities
    from .photos.identity_sources import load_sources
    from .recognition.calibrate import calibrate
    from .recognition.enroll import EnrollmentResult, enroll
    from .recognition.identify import IdentificationResult, IdentifiedFace, identify
    from .recognition.one_call import extract_faces, find, represent
    from .recognition.pipeline import FacePipeline
    from .recognition.pipeline_result import FaceCrop, PipelineResult
    from .recognition.threshold import DecisionThreshold
    from .recognition.verify import VerificationResult, verify
    from .report.evaluate import evaluate
    from .report.result import FaceEvaluation
    from .templates.fuse import fuse
    from .training.train import TrainResult, resume, train
    from .video.watch import TrackEvent, watch

__getattr__, __dir__ = lazy.exports(__name__, __file__)

__all__ = [
    "DETECTORS",
    "ENCODERS",
    "Calibration",
    "ClusterResult",
    "DecisionThreshold",
    "Detector",
    "Embeddings",
    "Encoder",
    "Encodings",
    "EnrollmentResult",
    "Face",
    "FaceCluster",
    "FaceCrop",
    "FaceDetector",
    "FaceEvaluation",
    "FacePipeline",
    "Gallery",
    "IdentificationResult",
    "IdentifiedFace",
    "IdentityFolder",
    "ImportResult",
    "LandmarkTemplate",
    "Match",
    "OnnxEncoder",
    "Pairs",
    "PipelineResult",
    "QualityThresholds",
    "TrackEvent",
    "TrainResult",
    "VerificationResult",
    "YuNet",
    "align_face",
    "calibrate",
    "cluster",
    "enroll",
    "evaluate",
    "export_gallery",
    "extract_faces",
    "find",
    "fuse",
    "identify",
    "import_vectors",
    "load_detector",
    "load_encoder",
    "load_identities",
    "load_sources",
    "open_vectors",
    "represent",
    "resume",
    "train",
    "verify",
    "watch",
]
